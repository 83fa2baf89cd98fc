#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "The clock is set back by an hour while a phone is plugged in"
start_linkstatd

transfers() { # [REPORT-OPTION…]
	client report --json "$@" | jq --arg port 3-1 '[.ports[] | select(.name == $port).transfers] | add // 0'
}

transfers_exceed() { # NUMBER [REPORT-OPTION…]
	local n
	n=$(transfers "${@:2}")
	echo "$n"
	((n > $1))
}

worst_us() {
	python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT max(max_us) FROM traffic_latency").fetchone()[0])
' "$story_dir/state/linkstat.db"
}

plug_phone
load_with_libusb phone
check_soon "transfers are counted" 20 transfers_exceed 1000
before=$(transfers)
story_since=0 # what happens now is earlier than the beginning of the story
at_end date -s '1 hour'
date -s '1 hour ago' >/dev/null
check_soon "new transfers get the new time" 20 transfers_exceed 1000 --since -30m
check_soon "earlier transfers are still counted" 20 transfers_exceed $((before + 1000))
check "no transfer took an hour" test "$(worst_us)" -lt 60000000
log_step "an hour earlier, the link goes and comes back"
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop and .closed_at != null' 30
expect_incident phone '.back_after_seconds > 1 and .back_after_seconds < 600'
expect_only_incidents 1
check "connected for seconds, and not for an hour" report_has phone \
	'.connected_seconds > 0 and .connected_seconds < 3000'
check "linkstatd still answers" client status --json
