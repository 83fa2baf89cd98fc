#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A port is overloaded, first shortly, then for longer"
start_linkstatd

plug_phone phone port=5
log_step "a short over-current, which the kernel does not log"
vdev fault over-current phone
expect_incident phone '.cause == "over-current" and .side == "power"'
check "the kernel does not log it" not kernel_logged 'usb3-port6: over-current'
expect_only_incidents 1

log_step "an over-current on another port that lasts"
plug_phone other port=6 serial=000000000000000000000002
vdev fault over-current-lasting other
wait_until "the kernel logs it" 20 kernel_logged 'usb3-port7: over-current condition'
expect_incident other '.cause == "over-current"'
vdev fault over-current-end other
expect_only_incidents 2
check "the report counts them" report_has other '.over_currents >= 1'
