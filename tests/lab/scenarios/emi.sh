#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Interference makes the hub disable a port"
start_linkstatd

plug_phone
log_step "the hub switches the port off while the phone is still connected"
vdev fault emi phone
wait_until "the phone is back" 20 kernel_logged_times 2 'usb 3-1: New USB device found'

expect_incident phone '.cause == "emi" and .drop'
expect_incident phone '.closed_at != null and .back_after_seconds != null'
expect_incident phone 'any(.evidence[]; .source == "kernel-log")'
expect_only_incidents 1
