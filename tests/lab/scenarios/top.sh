#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "linkstat top measures only while it runs"
start_linkstatd

switches() { # of linkstatd so far: how often it woke up, or had to wait
	awk '/ctxt_switches:/ { n += $2 } END { print n }' "/proc/$daemon_pid/status"
}

# switches_in SECONDS
switches_in() {
	local before
	before=$(switches)
	pause "$1"
	echo $(($(switches) - before))
}

at_most() { # NUMBER COMMAND…: what it prints
	local n
	n=$("${@:2}")
	echo "$n"
	((n <= $1))
}

at_least() { # NUMBER COMMAND…
	local n
	n=$("${@:2}")
	echo "$n"
	((n >= $1))
}

measured() { # FILE JQ-FILTER: true of all measurements
	jq -c '[.seconds, (.devices[] | del(.device))]' "$1"
	jq -s -e "$2" "$1" >/dev/null
}

log_step "an empty machine"
check "it is reported" eval 'client top -n 1 -d 0.2 | grep "No device is plugged in"'

plug_phone
load_with_libusb phone
one=$story_dir/one three=$story_dir/three
before=$(moved phone) began=${EPOCHREALTIME/./}
client top --json -d 2 -n 3 >"$three"
took=$((${EPOCHREALTIME/./} - began)) bytes=$(($(moved phone) - before))
log_step "the device moved $bytes bytes in $took µs"
check "three measurements" at_least 3 eval 'wc -l <"$three"'
check "of 2 seconds each" measured "$three" 'all(.[]; .seconds > 1.9 and .blind == null)'
check "none longer than it took" measured "$three" "(map(.seconds) | add) < $took / 1000000"
check "both ways, without errors" measured "$three" \
	'all(.[].devices[]; .bytes_in_per_second > 1000 and .bytes_out_per_second > 1000 and .errors == 0)'
check "the rate that the device itself counts, within a factor of 1.5" measured "$three" "
	(map(.seconds * (.devices[0] | .bytes_in_per_second + .bytes_out_per_second)) | add) / (map(.seconds) | add)
	| . * $took / 1000000 / $bytes | . > 0.66 and . < 1.5"
check "with times of bulk transfers" measured "$three" \
	'all(.[].devices[].latency.bulk; .p50_us > 0 and .p50_us <= .p99_us and .p99_us <= .max_us)'
check "as a table, too" eval 'client top -n 1 -d 0.5 | grep -E "iPhone .* bulk"'

log_step "errors and stalls, each in its column"
(client top --json -d 1 -n 10 >"$one") &
watcher=$!
pause 1.5
vdev ctl break phone ep=0x81 status=-84 count=1
wait_until "the load goes on" 20 vdev ctl wait phone "bytes=$(($(moved phone) + 100000))" timeout=1
vdev ctl break phone ep=0x02 status=-32 count=1
wait "$watcher"
check "1 error" measured "$one" '[.[].devices[].errors] | add == 1'
check "1 stall" measured "$one" '[.[].devices[].stalls] | add == 1'

log_step "it measures only while a client watches"
stop_load
check_soon "at rest nothing wakes linkstatd" 60 at_most 2 switches_in 5
(exec "$LAB_BUILD/cli/linkstat" --socket "$linkstat_socket" top --json -d 0.1 >"$one") &
watcher=$!
wait_until "it is watched" 20 test -s "$one"
check "several times a second while it is watched" at_least 12 switches_in 5
kill "$watcher"
wait "$watcher"
check_soon "and nothing wakes it when that client has left" 60 at_most 2 switches_in 5
