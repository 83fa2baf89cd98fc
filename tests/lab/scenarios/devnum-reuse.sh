#!/bin/bash
# limit: 1800 s
. "$LAB_TREE/tests/lab/story.sh"
story "A device number is given out again, to another device on another port"
start_linkstatd --usbmon-ring 8192

errors_are() { # DEVICE JSON
	local now
	now=$(client report --json | jq -c --arg port "$(port_name "$1")" \
		'.ports[] | select(.name == $port).transfer_errors_by_status')
	echo "$now"
	jq -e -n --argjson now "${now:-null}" --argjson want "$2" '$now == $want' >/dev/null
}

poke_for() { # DEVICE BYTES
	local pid node
	node=$(printf '/dev/bus/usb/%03d/%03d' "$(attribute "$1" busnum)" "$(attribute "$1" devnum)")
	poke "$node" 1000 1000 >/dev/null &
	pid=$!
	wait_until "$1 moves data" 30 vdev ctl wait "$1" bytes=$(($(moved "$1") + $2)) timeout=1
	wait_until "$1 has used up its faults" 30 vdev ctl wait "$1" repaired timeout=1
	kill "$pid"
	wait "$pid"
}

plug_phone
number=$(attribute phone devnum)
vdev ctl break phone ep=0x81 status=-71 count=3 after=10
poke_for phone 200000
check_soon "the phone had 3 failures" 20 errors_are phone '{"-71": 3}'
pull phone

log_step "until $number is next: the numbers of a bus go round"
plug churn port=1 vid=1209 pid=0002 serial=CHURN
while :; do
	last=$(attribute churn devnum)
	((last + 1 == number || (number == 1 && last == 127) || (number == 2 && last == 127))) && break
	pull churn
	plug churn
done
plug tablet port=2 vid=18d1 pid=4ee1 serial=TABLET class=ff/fe/02
check "the tablet has the number that the phone had" test "$(attribute tablet devnum)" == "$number"
vdev ctl break tablet ep=0x02 status=-32 count=2 after=10
poke_for tablet 200000
check_soon "the tablet has its own failures" 20 errors_are tablet '{"-32": 2}'
check "the phone has what it had" eval 'errors_are 3-1 "{\"-71\": 3}"'
check "nothing was lost" eval 'client report --json | jq -e "[.gaps[] | select(.lost > 0)] == []"'
