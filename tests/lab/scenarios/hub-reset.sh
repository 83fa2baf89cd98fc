#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A hub is reset, which takes its devices off the bus for a moment"
start_linkstatd

plug_hub
plug_qemu tablet usb-tablet 1.1
plug_serial serial 1.2
pause 3
usbreset "$(attribute hub idVendor):$(attribute hub idProduct)" >"$story_dir/usbreset"
wait_until "the kernel has reset it" 20 kernel_logged '1-1: reset .* USB device'
wait_until "its devices are back" 30 is_configured 1-1.2

expect_incident 1-1 '.cause == "upstream-loss"'
check "its children have no incidents of their own" not incident_on 1-1.1 true
check "none of them" not incident_on 1-1.2 true
expect_only_incidents 1
