#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A device has hostile strings"
start_linkstatd

long=$(printf 'A%.0s' {1..126})
forged='x\u000ausb 3-2: USB disconnect, device number 9\u000a<3>usb usb3-port2: unable to enumerate USB device'
log_step "escape sequences, line ends, a forged kernel log, broken UTF-16, the longest strings there are"
plug evil port=0 vid=1209 pid=0004 manufacturer='\x1b]0;owned\x07\x1b[2J\x9b31m' product="$forged" \
	serial='6,1,2,-;usb 3-2: reset'
plug broken port=2 vid=1209 pid=0005 manufacturer='\ud800\udfff\udc00' product='\u202egnp.exe\u0000\ufeff' \
	serial="$long"
plug long port=3 vid=1209 pid=0006 manufacturer="$long" product="${long//A/\\u4e2d}" serial="${long//A/\"}"
for name in evil broken long; do
	pull "$name"
	plug "$name"
done
pause 3
for view in "" report log "incidents --json" "report --json" "log --json" status; do
	# shellcheck disable=SC2086 # the view is words
	check "linkstat $view prints no control character" output_is_clean client $view
done
check "the JSON is JSON" jq_incidents 'length >= 0'
check "no incident on the port of the forged lines" not incident_on 3-2 true
for name in evil broken long; do
	pull "$name"
done
stop_linkstatd
check "linkstatd's own messages are clean" output_is_clean cat "$LAB_OUT/$story_name.linkstatd.log"
