#!/bin/sh
# README.md has the table of causes that lib/model/causes.def makes. readme.sh PRINT_CAUSES README.md
set -u
made=$(mktemp) || exit 2
trap 'rm -f "$made"' EXIT
"$1" readme "$2" >"$made" || exit 1
diff -u "$2" "$made" && exit 0
echo "The table of causes in README.md is not that of lib/model/causes.def. To make it again: ninja -C build readme"
exit 1
