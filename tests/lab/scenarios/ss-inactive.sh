#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A SuperSpeed link fails and is brought back by a warm reset"
start_linkstatd

plug disk speed=super port=2 vid=1209 pid=0002 product=fast serial=S1
vdev fault ss-inactive disk
wait_until "the kernel resets it" 20 kernel_logged '4-3: reset SuperSpeed.* USB device'

expect_incident disk '.cause == "host-reset" and (.drop | not)'
expect_only_incidents 1
