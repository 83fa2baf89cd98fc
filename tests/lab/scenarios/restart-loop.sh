#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device restarts by itself, again and again, as regularly as a clock"
start_linkstatd

# Each departure at its time, whatever the steps before it took: the beat is the device's.
until_uptime() { # CENTISECONDS
	local up
	read -r up _ </proc/uptime
	up=$((10#${up/./}))
	((up >= $1)) || pause "$((($1 - up) / 100)).$(printf %02d $((($1 - up) % 100)))"
}
measure_slowness
period=$((500 * slowness)) # in centiseconds
plug board port=3 vid=2e8a pid=000a serial=E6614 product=Board
until_known board
read -r up _ </proc/uptime
next=$((10#${up/./} + period))
for _ in {1..8}; do
	until_uptime "$next"
	vdev ctl pull board
	until_uptime $((next + 100))
	vdev ctl plug board
	next=$((next + period))
done
log_step "8 restarts, every $((period / 100)) s"

expect_incident board '.cause == "device-reset" and .side == "device" and .drop and .count >= 7' 40
expect_only_incidents 1
id=$(incidents | jq -r '.incidents[0].id')
check "the beat is shown" eval 'client show "$id" | tr -s " \n" " " | grep -E "it left [78] times, every [0-9.]+ s"'
