#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A dock, a hub with a USB 2 and a SuperSpeed half, is pulled for good after it was quiet"
start_linkstatd

plug_half() { # NAME KEY=VALUE…
	plug "$1" port=2 vid=2109 class=09/00/00 manufacturer=VIA product='USB Hub' "${@:2}"
}
plug_half half2 speed=high pid=2817 device-class=09/00/01
plug_half half3 speed=super pid=0817 device-class=09/00/03
until_known half2
pause 3
log_step "both halves leave with the one plug"
vdev ctl pull half3
vdev ctl pull half2

expect_incident half2 '.cause == "unplugged" and (.drop | not) and .closed_at != null' 40
expect_only_incidents 1
