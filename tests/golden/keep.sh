#!/bin/sh
# keep.sh REPLAY RECORDING NAME: makes a recording (linkstatd --record) into a golden test. Its clocks
# are moved to fixed beginnings; look at NAME.expected before you commit it: it becomes the law.
set -eu
here=$(dirname "$0")
jq -c -s '(.[0].mono_us) as $mono | (.[0].real_us) as $real
	| .[] | .mono_us += 1000000000 - $mono | .real_us += 1700000000000000 - $real' \
	"$2" >"$here/$3.jsonl"
"$1" "$here/$3.jsonl" >"$here/$3.expected"
