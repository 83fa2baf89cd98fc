#!/bin/bash
# limit: 1800 s
. "$LAB_TREE/tests/lab/story.sh"
story "Every failed transfer of two busy devices is counted exactly, where it happened"
start_linkstatd --usbmon-ring 16384 # nothing may be lost, however slow this machine is

# DEVICE ENDPOINT STATUS COUNT: endpoint 0 is control. What "silent" becomes is its program's choice.
failures="
phone	0x81	-71	7
phone	0x81	-75	2
phone	0x81	silent	3
phone	0x02	-84	5
phone	0x02	-32	4
phone	0x02	silent	2
phone	0	-32	3
tablet	0x81	-32	6
tablet	0x81	silent	4
tablet	0x02	-71	1
tablet	0x02	-75	3
tablet	0x02	silent	1
tablet	0	-71	2
tablet	0	silent	1
"

row() { # DEVICE JQ-FILTER on its row in the report
	client report --json | jq -c --arg port "$(port_name "$1")" ".ports[] | select(.name == \$port) | $2"
}

row_is() { # DEVICE JQ-FILTER JSON
	local now
	now=$(row "$1" "$2")
	echo "$now"
	jq -e -n --argjson now "${now:-null}" --argjson want "$3" '$now == $want' >/dev/null
}

# begin_poking DEVICE GIVE-UP-IN GIVE-UP-OUT: a program that counts its own transfers. It runs before
# all others, so that it gives up in time on a busy machine, too.
declare -A poke_pid before
begin_poking() {
	local node
	node=$(printf '/dev/bus/usb/%03d/%03d' "$(attribute "$1" busnum)" "$(attribute "$1" devnum)")
	chrt -f 10 poke "$node" "$2" "$3" >"$LAB_OUT/$story_name.$1.json" &
	poke_pid[$1]=$!
	story_pids+=($!)
}

books_of() { # DEVICE JQ-FILTER
	jq -c "$2" "$LAB_OUT/$story_name.$1.json"
}

still() { # DEVICE: its counters do not move, for longer than linkstatd takes to write them
	local n
	n=$(row "$1" .transfers)
	pause 6
	[[ -n $n && $(row "$1" .transfers) == "$n" ]]
}

plug_phone
# Not of Apple: apple-mfi-fastcharge takes one device and leaves a second one without configuration.
plug tablet port=1 vid=18d1 pid=4ee1 serial=TABLET product=Tablet class=ff/fe/02
plug camera port=2 vid=04a9 pid=0001 serial=CAMERA class=ff/fe/02
load_with_libusb camera --size 4096
for device in phone tablet; do
	wait_until "the counters of $device rest" 60 still "$device"
	before[$device]=$(row "$device" .transfers)
done
# A read of the phone that is not answered ends after 5 s, as a time-out of a driver would;
# a write after 0.7 s, as a cancel by the user would. With the tablet it is the other way round.
begin_poking phone 5000 700
begin_poking tablet 700 5000
for device in phone tablet; do
	wait_until "$device moves data" 20 vdev ctl wait "$device" bytes=200000 timeout=1
done

while read -r device endpoint status count; do
	[[ -n $device ]] || continue
	wait_until "$device, endpoint $endpoint has used up its faults" 30 \
		vdev ctl wait "$device" repaired timeout=1
	vdev ctl break "$device" ep="$endpoint" status="$status" count="$count" || give_up "vdev"
	log_step "$device endpoint $endpoint: $status, $count times"
done <<<"$failures"
for device in phone tablet; do
	wait_until "$device has used up its faults" 30 vdev ctl wait "$device" repaired timeout=1
	pause 5.5 # until what was not answered is given up
	kill "${poke_pid[$device]}"
	wait "${poke_pid[$device]}" || give_up "poke lost $device"
	log_step "counts of $device: $(books_of "$device" .)"
done

check_soon "the phone, per endpoint" 20 row_is phone \
	'[.endpoints[] | {key: .endpoint, value: .transfer_errors_by_status}] | from_entries' \
	'{"0x02": {"-2": 2, "-32": 4, "-84": 5}, "0x80": {"-32": 3}, "0x81": {"-2": 3, "-71": 7, "-75": 2}}'
check "by class" row_is phone '[.endpoints[] | {key: .endpoint, value: .transfer_errors}] | from_entries' \
	'{"0x02": {"cancelled": 2, "stall": 4, "link": 5}, "0x80": {"stall": 3},
	  "0x81": {"timeout": 3, "link": 7, "babble": 2}}'
check "in all" row_is phone .transfer_errors '{"link": 12, "babble": 2, "timeout": 3, "cancelled": 2,
	"stall": 7, "host": 0, "gone": 0, "other": 0}'
check "by status" row_is phone .transfer_errors_by_status '{"-2": 5, "-32": 7, "-71": 7, "-75": 2, "-84": 5}'
check_soon "the tablet, per endpoint" 20 row_is tablet \
	'[.endpoints[] | {key: .endpoint, value: .transfer_errors_by_status}] | from_entries' \
	'{"0x02": {"-2": 1, "-71": 1, "-75": 3}, "0x80": {"-2": 1, "-71": 2}, "0x81": {"-2": 4, "-32": 6}}'
check "by class" row_is tablet '[.endpoints[] | {key: .endpoint, value: .transfer_errors}] | from_entries' \
	'{"0x02": {"timeout": 1, "link": 1, "babble": 3}, "0x80": {"timeout": 1, "link": 2},
	  "0x81": {"cancelled": 4, "stall": 6}}'
check "in all" row_is tablet .transfer_errors '{"link": 3, "babble": 3, "timeout": 2, "cancelled": 4,
	"stall": 6, "host": 0, "gone": 0, "other": 0}'

# The programs counted the same failures, and the successful transfers, too.
for device in phone tablet; do
	check "the program on $device saw the same failures" row_is "$device" \
		'[.endpoints[] | {key: .endpoint, value: .transfer_errors_by_status}] | from_entries' \
		"$(books_of "$device" 'map_values(del(.["0"]))')"
	check_soon "not one transfer of $device is missing" 20 row_is "$device" \
		".transfers - ${before[$device]}" "$(books_of "$device" '[.[][]] | add')"
done
check "and the camera has no failure" row_is camera '.endpoints' '[]'
check "nothing was lost" eval 'client report --json | jq -e "[.gaps[] | select(.lost > 0)] == []"'
