#!/bin/bash
# tools.sh TOOL BUILD: does a tool that people run by hand still run, and is what it prints to be believed?
# Small inputs, seconds. The tools are those of tests/bench, tests/sim, tests/corpus and tests/lab.
set -euo pipefail
tool=$1 build=$(realpath "$2")
tests=$(cd "$(dirname "$0")/.." && pwd)
linkstat=$build/cli/linkstat
dir=$(mktemp -d)
daemon=

finish() {
	[[ -z $daemon ]] || kill "$daemon" 2>/dev/null || true
	[[ -z $daemon ]] || wait "$daemon" || true
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
	echo "FAILED: $*" >&2
	tail -n 20 "$dir/out" "$dir/log" >&2 2>/dev/null || true
	exit 1
}

# expect CODE PATTERN COMMAND…: its exit code, and a line of what it prints.
expect() {
	local code=$1 pattern=$2 got=0
	shift 2
	"$@" >"$dir/out" 2>&1 </dev/null || got=$?
	[[ $got == "$code" ]] || fail "exit code $got instead of $code: $*"
	grep -qE -- "$pattern" "$dir/out" || fail "no \"$pattern\": $*"
	echo "ok: $*"
}

# ---- one function for each tool -----------------------------------------------------------------

# Its store is opened by the real linkstatd and answers as any other.
gen_history() {
	expect 0 ': 500 sessions, 1000 events$' "$build/tests/bench/gen_history" "$dir/state" 500 1000
	expect 1 'cannot open a store there' "$build/tests/bench/gen_history" "$dir/none/state" 5
	"$build/daemon/linkstatd" --state "$dir/state" --socket "$dir/socket" 2>"$dir/log" &
	daemon=$!
	for ((i = 0; i < 3000; i++)); do
		[[ ! -S $dir/socket ]] || break
		sleep 0.1
	done
	export LINKSTAT_SOCKET=$dir/socket
	expect 1 '^[0-9]+ drops on [0-9]+ of 24 ports' "$linkstat" report --since 2000-01-01
	expect 1 'cable 3' "$linkstat" report --by cable --since 2000-01-01
	expect 1 '"cause":"link-loss"' "$linkstat" incidents --json --since 2000-01-01
	# Two events each of 500 sessions; a long list comes in pages.
	"$linkstat" log --json --since 2000-01-01 >"$dir/out" 2>"$dir/log" || true
	[[ $(grep -o '"kind":"connect"' "$dir/out" | wc -l) -gt 0 ]] || fail "no event in the log"
	! grep -qiE 'sqlite|corrupt|cannot' "$dir/log" || fail "linkstatd complains"
}

gen_capture() {
	local format
	for format in pcap pcapng; do
		"$build/tests/bench/gen_capture" "$format" 2000 16 >"$dir/capture"
		expect 0 '"records":2000,' "$linkstat" analyze --json "$dir/capture"
		grep -qE '"truncated":null' "$dir/out" || fail "the capture is cut"
		[[ $(grep -o '"bus":' "$dir/out" | wc -l) -ge 8 ]] || fail "less than eight devices"
	done
}

floor_capture() {
	"$build/tests/bench/gen_capture" pcap 2000 >"$dir/capture"
	expect 0 '^floor records 2000 ' "$build/tests/bench/floor_capture" "$dir/capture"
	expect 0 '^floor records 2000 ' "$build/tests/bench/floor_capture" "$dir/capture" prefetch
	expect 1 'No such file' "$build/tests/bench/floor_capture" "$dir/nothing"
}

gen_log() {
	local format name
	for format in dmesg:dmesg syslog:journal-short export:journal-export json:journal-json; do
		name=${format#*:}
		"$build/tests/bench/gen_log" "${format%:*}" 100000 100 >"$dir/input"
		[[ $(stat -c %s "$dir/input") -ge 100000 ]] || fail "less than was asked for"
		expect 1 '^.*: 1 drop on 1 port' "$linkstat" analyze "$dir/input"
		expect 0 "^# format=$name .* boots=1 " "$build/tests/corpus/read_log" "$dir/input" quiet
	done
	expect 2 usage "$build/tests/bench/gen_log"
}

bench_traffic() {
	expect 0 '^ratio +[0-9]' "$build/tests/bench/bench_traffic" 20000 4
}

bench_capture() {
	expect 0 'linkstat .* M records/s' "$tests/bench/bench_capture.sh" "$build" 1000
	[[ $(grep -c ' linkstat ' "$dir/out") == 3 && $(grep -c ' floor ' "$dir/out") == 2 ]] || fail "a row is missing"
}

bench_log() {
	expect 0 'grep .* linkstat .* of its speed' "$tests/bench/bench_log.sh" "$build" 1
	[[ $(grep -c 'of its speed' "$dir/out") == 6 ]] || fail "a row is missing"
}

# What a figure is depends on the build; that each row has one does not.
bench_all() {
	expect 0 'verdict$' "$tests/bench/all" "$build" --short
	[[ $(grep -cE ' (met|NOT MET)$' "$dir/out") -ge 15 ]] || fail "a row is missing"
}

# Where there is no usbmon and no bus of that number; tests/lab/scenarios/bench-usbmon.sh has both.
floor_mfetch() {
	expect 1 'No such file' "$build/tests/bench/floor_mfetch" 0 0 "$dir/usbmon0"
}

ask_hub() {
	expect 2 usage "$build/tests/bench/ask_hub"
	expect 1 'No such file' "$build/tests/bench/ask_hub" 999 1
}

# A log with two events and its label, then with a label that is wrong.
evaluate() {
	local label='{"format": "dmesg", "class": "plain", "events": [
		{"port": "1-2", "kind": "connect", "count": 1}, {"port": "1-2", "kind": "disconnect", "count": %d}]}'
	mkdir -p "$dir/corpus/logs"
	cat >"$dir/corpus/logs/001.txt" <<-'END'
	[    5.100000] usb 1-2: new high-speed USB device number 4 using xhci_hcd
	[   60.000000] EXT4-fs (sda1): mounted filesystem with ordered data mode
	[   99.500000] usb 1-2: USB disconnect, device number 4
	END
	# shellcheck disable=SC2059 # the label is the format
	printf "$label" 1 >"$dir/corpus/logs/001.json"
	expect 0 'all +recall 100.00 % \(2/2\)  precision 100.00 % \(2/2\)' \
		python3 "$tests/corpus/evaluate.py" "$build/tests/corpus/read_log" "$dir/corpus"
	# shellcheck disable=SC2059
	printf "$label" 2 >"$dir/corpus/logs/001.json"
	expect 1 'missed: 001.txt: 1 x disconnect of 1-2' \
		python3 "$tests/corpus/evaluate.py" "$build/tests/corpus/read_log" "$dir/corpus"
	expect 77 'no corpus' python3 "$tests/corpus/evaluate.py" "$build/tests/corpus/read_log" "$dir"
}

read_log() {
	printf '%s\n' '[    5.100000] usb 1-2: USB disconnect, device number 4' 'a line' >"$dir/input"
	expect 0 '^2	0	1-2	disconnect	5100000	' "$build/tests/corpus/read_log" "$dir/input"
	expect 0 '^# format=dmesg lines=2 usb_lines=1 ' "$build/tests/corpus/read_log" "$dir/input" quiet mapped
	expect 2 usage "$build/tests/corpus/read_log"
}

simulate() {
	expect 0 . "$build/tests/sim/simulate" --worlds 20
	[[ $(wc -l <"$dir/out") -ge 10 ]] || fail "no tables"
}

# The speed of this computer's clock, in kHz.
tsc() {
	expect 0 '' "$build/tests/lab/tsc"
	grep -qE '^[1-9][0-9]{5,6}$' "$dir/out" || [[ ! -s $dir/out && $(uname -m) != x86_64 ]] || fail "not a frequency"
}

[[ $(type -t "$tool") == function ]] || fail "no such tool: $tool"
"$tool"
