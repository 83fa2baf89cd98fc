#!/bin/bash
. "$LAB_TREE/tests/lab/in_memory.sh"
. "$LAB_TREE/tests/lab/story.sh"
story "Two devices lose their link while the computer sleeps; one of them comes back after it woke up"
start_linkstatd

plug_qemu tablet usb-tablet 4
plug_serial serial 3
until_known tablet
until_known serial
pause 3
# The console must show how far the kernel is, for QEMU to act meanwhile.
dmesg -n 8
echo N >/sys/module/printk/parameters/console_suspend
echo devices >/sys/power/pm_test
for name in tablet serial; do
	echo "when suspend debug: Waiting for|{\"execute\":\"device_del\",\"arguments\":{\"id\":\"$name\"}}" >/dev/lab/status
done
log_step "the computer is suspended, and woken 5 s later"
check "the computer slept" eval 'echo mem >/sys/power/state'
dmesg -n 1
check_soon "the kernel logs it" 20 kernel_logged 'PM: suspend exit'
wait_until "the kernel has noticed" 20 is_gone 1-4
wait_until "both of them" 20 is_gone 1-3
rm "$story_dir/qemu/tablet" "$story_dir/qemu/serial"
plug_qemu tablet usb-tablet 4
until_known tablet

wait_until "all incidents are closed" 60 all_closed
check "no drop" jq_incidents 'length == 2 and all(.[]; .drop | not)'
check "the one that came back is of the sleep" incident_on 1-4 '.cause == "suspend"'
