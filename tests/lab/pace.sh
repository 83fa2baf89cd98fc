# How fast this machine is just now, for bounds: a host that is busy or slow makes its guest slow, in all
# that it does. To be sourced.
readonly SLOW_LOOP_US=300000 # counting to 10,000 takes 100 to 250 ms on an idle host

# Sets now_us to the time since boot: the clock of the day is set by one of the stories.
take_time() {
	local up
	read -r up _ </proc/uptime
	now_us=$((10#${up/./} * 10000))
}

# Sets slowness: 1 on an idle host, 4 on one that is four times slower.
measure_slowness() {
	local began i
	take_time
	began=$now_us
	for ((i = 0; i < 10000; i++)); do :; done
	take_time
	slowness=$((1 + (now_us - began) / SLOW_LOOP_US))
}
