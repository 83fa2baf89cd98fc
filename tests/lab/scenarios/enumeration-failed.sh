#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device returns garbage for its descriptors"
start_linkstatd

log_step "every descriptor read fails with -71; the kernel tries four times and gives up"
start_vdev
vdev ctl fail-enumeration bad status=-71
plug_only bad port=1
wait_until "the kernel gives up" 30 kernel_logged 'usb3-port2: unable to enumerate USB device'

expect_incident bad '.cause == "enumeration-failed" and .drop'
expect_incident bad 'any(.evidence[]; .source == "kernel-log")'
check_soon "the report counts a failed enumeration" 10 report_has bad '.enumeration_failures >= 1'

log_step "it is unplugged"
vdev ctl pull bad
expect_only_incidents 1
