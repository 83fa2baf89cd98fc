#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A program switches a port's power off and on again"
start_linkstatd

plug_qemu hub usb-hub 1 '"port-power":true'
plug_qemu tablet usb-tablet 1.1
pause 3
# uhubctl asks the kernel where that can do it. QEMU's hub does not report a direct request.
[[ -e /sys/bus/usb/devices/1-1:1.0/1-1-port1/disable ]] || {
	log_step "this kernel cannot do that"
	check "it is older than 6.0" test "${LAB_KERNEL%%.*}" -lt 6
	exit
}
uhubctl -l 1-1 -p 1 -a off -f >"$story_dir/uhubctl" 2>&1 || give_up "$(cat "$story_dir/uhubctl")"
wait_until "the device is gone" 20 is_gone 1-1.1
pause 2
uhubctl -l 1-1 -p 1 -a on -f >"$story_dir/uhubctl" 2>&1 || give_up "$(cat "$story_dir/uhubctl")"
wait_until "the device is back" 30 is_configured 1-1.1

expect_incident tablet '.cause == "software" and .side == "software" and (.drop | not) and .closed_at != null' 40
expect_only_incidents 1
