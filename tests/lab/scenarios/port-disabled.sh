#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "An administrator disables a port through sysfs"
port=/sys/bus/usb/devices/1-0:1.0/usb1-port4
start_linkstatd

plug_qemu tablet usb-tablet 4
[[ -e $port/disable ]] || {
	log_step "this kernel cannot do that"
	check "it is older than 6.0" test "${LAB_KERNEL%%.*}" -lt 6
	exit
}
pause 3
# Linux 6.12 may block for ever in the port's lock when something is plugged in that it starts.
enable() {
	pull tablet
	echo 0 >$port/disable
}
at_end enable
log_step "the device is taken off and the port switched off"
echo 1 >$port/disable
wait_until "it is gone" 20 is_gone 1-4

expect_incident tablet '.cause == "software" and .side == "software" and (.drop | not) and .closed_at != null' 40
expect_only_incidents 1
