#!/bin/sh
# The answers to all pairs of facts are those that were read and found sensible:
# pairs.sh PAIRS EXPECTED RECORDING…. With "keep" before these, they are written down anew: read them.
set -eu
keep=
[ "$1" = keep ] && keep=yes && shift
pairs=$1 expected=$2
shift 2
if [ "$keep" ]; then
	"$pairs" "$@" >"$expected"
else
	"$pairs" "$@" | diff "$expected" -
fi
