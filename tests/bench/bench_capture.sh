#!/bin/bash
# How fast are captures read, and in how much memory? Generates captures, reads each with linkstat
# analyze, tshark (if there is one) and the floor, best of three, and removes them. CPU time, peak
# resident memory. Usage: bench_capture.sh BUILD_DIR [RECORDS...]
set -euo pipefail

build=$(realpath "$1")
shift
[[ $# -gt 0 ]] || set -- 100000 1000000
dir=$(mktemp -d "${TMPDIR:-/tmp}/bench_capture.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# Prints CPU seconds and KiB of the best of $1 runs of the rest.
best_of() {
	local runs=$1 TIMEFORMAT='%3U %3S'
	shift
	for ((i = 0; i < runs; i++)); do
		{ time /usr/bin/time -f %M -o "$dir/peak" "$@" > "$dir/out" 2>&1; } 2> "$dir/cpu"
		awk '{ printf "%.3f ", $1 + $2 }' "$dir/cpu"
		cat "$dir/peak"
	done | sort -n | head -1
}

report() {
	local name=$1 n=$2 seconds=$3 kib=$4
	awk -v name="$name" -v n="$n" -v s="$seconds" -v kib="$kib" 'BEGIN {
		if (s < 0.001) s = 0.001 # the resolution of the clock
		printf "  %-10s %8.3f s %8.2f M records/s %9d KiB\n", name, s, n / s / 1e6, kib }'
}

measure() {
	local n=$1 format=$2 payload=$3 file="$dir/capture"
	"$build/tests/bench/gen_capture" "$format" "$n" "$payload" > "$file"
	echo "$n records, $format, payload $payload, $(stat -c %s "$file") bytes"
	# shellcheck disable=SC2046
	report linkstat "$n" $(best_of 3 "$build/cli/linkstat" analyze --json "$file")
	if [[ $format == pcap ]]; then
		# shellcheck disable=SC2046
		report floor "$n" $(best_of 3 "$build/tests/bench/floor_capture" "$file")
	fi
	if command -v tshark > /dev/null; then
		# shellcheck disable=SC2046
		report tshark "$n" $(best_of 1 tshark -q -z io,stat,0 -r "$file")
	fi
}

for n in "$@"; do
	measure "$n" pcap 0
	measure "$n" pcapng 0
	measure "$n" pcap 512
done
