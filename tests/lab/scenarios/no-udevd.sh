#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "udevd is not running"

udevd=$(pidof systemd-udevd || true)
if [[ -n $udevd ]]; then
	log_step "udevd is stopped for this story"
	at_end /lib/systemd/systemd-udevd --daemon
	udevadm control --exit
	wait_until "udevd has gone" 20 not pidof systemd-udevd
fi
start_linkstatd
plug_phone
load_with_libusb phone
pull phone
pause 1.3
plug phone
expect_incident phone '.drop'
check "linkstat status reports what is missing" status_mentions 'udev'
expect_only_incidents 1
