#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A contact that is lost for 0.3 s, once, and three times in 10 s"
start_linkstatd

flap() {
	pull phone
	pause 0.3
	plug phone
}

plug_phone
pause 3
tell "once"
flap
expect_incident phone '.cause == "link-loss" and .drop and .count == 1 and .closed_at != null'
expect_incident phone '.back_after_seconds > 0.2 and .back_after_seconds < 6'

tell "three times in a row"
flap
pause 1
flap
pause 1
flap
expect_incident phone '.cause == "link-loss" and .drop and .count == 3 and .closed_at != null'
expect_only_incidents 2
check "the report counts four disconnects" report_says phone '.disconnects == 4 and .drops >= 2'
