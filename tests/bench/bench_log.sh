#!/bin/bash
# How fast are logs read, beside `grep -c usb` on the same file? Generates logs in memory (/dev/shm),
# reads each with read_log and grep by turns, best of five, and removes them. CPU time of user and
# system; the peak of resident memory counts the pages of the mapped file. Usage: bench_log.sh BUILD_DIR [MEGABYTES...]
set -euo pipefail

build=$(realpath "$1")
shift
[[ $# -gt 0 ]] || set -- 100 1000
place=/dev/shm
[[ -w $place ]] || place=${TMPDIR:-/tmp}
dir=$(mktemp -d "$place/bench_log.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# Seconds and KiB of one run.
once() {
	local TIMEFORMAT='%3U %3S'
	{ time /usr/bin/time -f %M -o "$dir/peak" "$@" > "$dir/out" || true; } 2> "$dir/time"
	echo "$(tail -1 "$dir/time" | awk '{ print $1 + $2 }') $(tail -1 "$dir/peak")"
}

measure() {
	local format=$1 mb=$2 per_mille=$3 file="$dir/log"
	"$build/tests/bench/gen_log" "$format" "$((mb * 1000000))" "$per_mille" > "$file"
	for ((i = 0; i < 5; i++)); do
		echo "grep $(once grep -c usb "$file")"
		echo "read $(once "$build/tests/corpus/read_log" "$file" quiet mapped)"
	done | awk -v mb="$mb" -v what="$format, $per_mille in 1000 lines about USB" '
		{ if (!($1 in best) || $2 < best[$1]) best[$1] = $2; if ($3 > peak[$1]) peak[$1] = $3 }
		END { printf "%5d MB %-40s grep %.3f s, linkstat %.3f s (%.0f MB/s): %.2f of its speed, %d KiB\n",
			mb, what, best["grep"], best["read"], mb / best["read"],
			best["grep"] / best["read"], peak["read"] }'
}

for mb in "$@"; do
	for format in dmesg syslog export json; do
		measure "$format" "$mb" 10
	done
	measure syslog "$mb" 0
	measure syslog "$mb" 200
done
