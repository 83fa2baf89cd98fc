#!/bin/bash
# linkstatd under all the load that the lab can make, for LAB_MINUTES (10): nothing is lost, nothing
# grows. Not one of all-plain.sh. The figures mean something with a build without sanitizers only.
. "$LAB_TREE/tests/lab/story.sh"
story "Minutes at full load: nothing is lost, nothing grows"
minutes=${LAB_MINUTES:-10}
start_linkstatd

resident() { # KiB
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$daemon_pid/status"
}

descriptors() {
	find "/proc/$daemon_pid/fd" -mindepth 1 | wc -l
}

figures() {
	local of_file
	of_file=$(awk '$1 == "RssFile:" || $1 == "RssShmem:" { sum += $2 } END { print sum }' "/proc/$daemon_pid/status")
	log_step "$1: resident $(resident) KiB (of files and the ring $of_file), $(descriptors) descriptors," \
		"CPU time $(awk '{ sum += $1 } END { printf "%.2f s", sum / 1e9 }' /proc/"$daemon_pid"/task/*/schedstat)," \
		"$(client report --json | jq '[.ports[].transfers] | add // 0') transfers"
}

nothing_lost() {
	client report --json | jq -c -e '[.gaps[] | select(.lost > 0)] | (. == []) or (. , false)'
}

pause 3
idle=$(resident)
figures "idle"
check "idle it takes less than 8 MiB" test "$idle" -lt 8192
plug_phone
plug tablet port=1 vid=18d1 pid=4ee1 serial=TABLET product=Tablet class=ff/fe/02
load_with_libusb phone
in_background load 18d1:4ee1 --control --reopen 2>>"$LAB_OUT/$story_name.load.log"
for ((minute = 1; minute <= minutes; minute++)); do
	pause 60
	figures "minute $minute"
	if ((minute == 1)); then
		early=$(resident)
		early_descriptors=$(descriptors)
	fi
done
check "nothing was lost" nothing_lost
check "what it takes did not grow by more than 512 KiB since the first minute: $early, $(resident) KiB" \
	test "$(resident)" -le $((early + 512))
check "it has as many descriptors as then" test "$(descriptors)" -eq "$early_descriptors"
check "it takes less than 16 MiB" test "$(resident)" -lt 16384
check "the programs lost nothing either" not grep "lost it" "$LAB_OUT/$story_name.load.log"
