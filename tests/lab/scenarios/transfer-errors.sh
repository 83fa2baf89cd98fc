#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Transfers fail, then the link drops: counted, reported, recorded"
start_linkstatd --usbmon-ring 16384 # nothing may be lost, however slow this machine is

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

errors_exceed() { # DEVICE CLASS NUMBER
	local n
	n=$(errors "$1" "$2")
	echo "$n"
	((n > $3))
}

plug_phone
load_with_libusb phone
phone_load=$load_pid
check_soon "bytes are counted" 20 report_has phone '.bytes_in > 500000 and .bytes_out > 500000'
check "nothing failed so far" report_has phone '[.transfer_errors | .link, .babble, .timeout] == [0, 0, 0]'

log_step "a single error is counted, without an incident"
vdev ctl break phone ep=0x81 status=-84 count=1
check_soon "1 link error" 20 errors_are phone link 1
check_soon "by its status" 10 report_has phone '.transfer_errors_by_status["-84"] == 1'
check "no incident" jq_incidents 'length == 0'

log_step "a stall is a protocol answer from a link that works"
load_pid=$phone_load
wait_until "the load goes on" 20 vdev ctl wait phone "bytes=$(($(moved phone) + 100000))" timeout=1
vdev ctl break phone ep=0x02 status=-32 count=1
check_soon "1 stall" 20 errors_are phone stall 1
check "still 1 link error" errors_are phone link 1

log_step "a burst on a link that survives"
wait_until "the load goes on" 20 vdev ctl wait phone "bytes=$(($(moved phone) + 50000))" timeout=1
# After the first one the program cancels the others, and comes back to the next: exact-counts.sh knows of
# all of them. Three are a burst, so more than one turn of the program must see them.
vdev ctl break phone ep=0x81 status=-71 count=10
check_soon "they are counted" 20 errors_exceed phone link 3
wait_until "no more fail" 30 vdev ctl wait phone repaired timeout=1
check "by status" report_has phone '.transfer_errors_by_status["-71"] > 1'
expect_incident phone '.cause == "link-errors" and (.drop | not)'
expect_incident phone 'any(.evidence[]; .source == "usbmon" and (.what | contains("EPROTO")))'

log_step "and then it drops"
n_errors=$(errors phone link)
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 60
id=$(incidents | jq '.incidents[-1].id')
check "the transfers before it were kept" eval \
	'client show "$id" --json | jq -e ".transfers | length > 20"'
check "the report still knows them" errors_are phone link "$n_errors"

log_step "and as a capture"
capture=$LAB_OUT/$story_name.pcapng
rm -f "$capture"
check "it is exported" client show "$id" --pcap "$capture"
n=$(client show "$id" --json | jq '.transfers | length')
tshark_reads() {
	tshark -n -r "$capture" -T fields -e usb.bus_id -e usb.device_address -e usb.urb_type \
		-e usb.urb_status >"$story_dir/tshark" || return
	head -n 3 "$story_dir/tshark"
	[[ $(wc -l <"$story_dir/tshark") == "$n" && $(cut -f 1,2 "$story_dir/tshark" | sort -u | wc -l) == 1 ]]
}
if command -v tshark >/dev/null; then
	check "tshark reads all $n transfers, of one device" tshark_reads
	check "with the statuses that the client shows" diff \
		<(client show "$id" --json | jq '.transfers[] | .status' | sort | uniq -c) \
		<(cut -f 4 "$story_dir/tshark" | sort | uniq -c)
else
	log_step "tshark is not installed: no other program read the capture"
fi
