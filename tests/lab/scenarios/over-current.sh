#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A port is overloaded, first shortly, then for longer"
start_linkstatd

plug_phone phone port=5
tell "a short over-current, of which the kernel log says nothing"
vdev fault over-current phone
expect_incident phone '.cause == "over-current" and .side == "power"'
check "the kernel log is silent" not kernel_says 'usb3-port6: over-current'
expect_only_incidents 1

tell "an over-current on another port that lasts"
plug_phone other port=6 serial=000000000000000000000002
vdev fault over-current-lasting other
wait_until "the kernel logs it" 20 kernel_says 'usb3-port7: over-current condition'
expect_incident other '.cause == "over-current"'
vdev fault over-current-end other
expect_only_incidents 2
check "the report counts them" report_says other '.over_currents >= 1'
