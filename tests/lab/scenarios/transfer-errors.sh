#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Transfers fail on two devices, and each failure is counted where it happened"
start_linkstatd

# errors DEVICE CLASS: as the report has them.
errors() {
	client report --json | jq --arg port "$(port_name "$1")" --arg class "$2" \
		'.ports[] | select(.name == $port).transfer_errors[$class]'
}

errors_are() { # DEVICE CLASS NUMBER
	local n
	n=$(errors "$1" "$2")
	echo "$n"
	[[ $n == "$3" ]]
}

plug_phone
load_with_libusb phone
phone_load=$load_pid
check_soon "bytes are counted" 20 report_says phone '.bytes_in > 500000 and .bytes_out > 500000'
check "nothing failed so far" report_says phone '[.transfer_errors | .link, .babble, .timeout] == [0, 0, 0]'

tell "one error by itself is counted, and no more is made of it"
vdev ctl break phone ep=0x81 status=-84 count=1
check_soon "1 link error" 20 errors_are phone link 1
check_soon "by its status" 10 report_says phone '.transfer_errors_by_status["-84"] == 1'
check "no incident" jq_incidents 'length == 0'

tell "a stall is a protocol answer from a link that works"
load_pid=$phone_load
wait_until "the load goes on" 20 vdev ctl wait phone "bytes=$(($(moved phone) + 100000))" timeout=1
vdev ctl break phone ep=0x02 status=-32 count=1
check_soon "1 stall" 20 errors_are phone stall 1
check "still 1 link error" errors_are phone link 1

tell "a burst on a link that survives"
wait_until "the load goes on" 20 vdev ctl wait phone "bytes=$(($(moved phone) + 50000))" timeout=1
vdev ctl break phone ep=0x81 status=-71 count=4
check_soon "5 link errors" 20 errors_are phone link 5
check "by status" report_says phone '.transfer_errors_by_status["-71"] == 4'
expect_incident phone '.cause == "link-errors" and (.drop | not)'
expect_incident phone 'any(.evidence[]; .source == "usbmon" and (.what | contains("EPROTO")))'

tell "and then it drops"
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 60
id=$(incidents | jq '.incidents[-1].id')
check "the transfers before it were kept" eval \
	'client show "$id" --json | jq -e ".transfers | length > 20"'
check "the report still knows them" errors_are phone link 5
