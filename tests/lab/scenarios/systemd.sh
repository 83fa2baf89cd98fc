#!/bin/bash
# linkstatd as the service it is, under a real systemd and journald. Argument: minutes of the idle measurement (1).
. "$LAB_TREE/tests/lab/story.sh"
story "linkstatd as a service"
idle_minutes=${1:-1}
install_linkstat

start_service
check "it is active" systemctl is-active linkstatd.service
check "it notified systemd that it is ready" service_is Type notify
check "it does not run as root" not service_is User root
systemd-analyze security --no-pager linkstatd.service | tail -n 1
has_no_capability() {
	grep -E '^Cap(Eff|Prm|Bnd|Amb):' "/proc/$(service_property MainPID)/status" | tee "$story_dir/caps"
	not grep -qE '[1-9a-f]' <(cut -f 2 "$story_dir/caps")
}
check "it has no capability" has_no_capability
sees_all() {
	client status --json | jq -c -e '.sources | map(select(.name != "host")) | ., all(.sees)'
}
check "and all sources, with the kernel log that systemd opened" sees_all

as_member=(setpriv --reuid=65534 --regid=65534 --groups "$(getent group linkstat | cut -d : -f 3)")
check "a member of the asking group may ask" "${as_member[@]}" linkstat status
check "but not read usbmon" not "${as_member[@]}" dd if=/dev/usbmon0 of=/dev/null bs=64 count=1

log_step "a phone loses its link while data flows"
plug_phone
load_with_libusb phone
pull phone
pause 1.3
plug phone
expect_incident phone '.cause == "link-loss" and .drop' 30
for source in kernel-log udev libusb; do
	expect_incident phone "any(.evidence[]; .source == \"$source\")"
done
expect_only_incidents 1
id=$(incidents | jq -r '.incidents[0].id')
stop_load

check_soon "the journal has the alert" 10 journal_has '.LINKSTAT_CAUSE == "link-loss"'
for field in MESSAGE_ID PRIORITY LINKSTAT_INCIDENT LINKSTAT_CAUSE LINKSTAT_PORT; do
	check "with the field $field" journal_has ".LINKSTAT_CAUSE == \"link-loss\" and (.$field | length > 0)"
done
check "of the incident that the client shows" journal_has ".LINKSTAT_INCIDENT == \"$id\""
check "as a warning or worse" journal_has '.LINKSTAT_CAUSE == "link-loss" and (.PRIORITY | tonumber) <= 4'
catalog_explains() {
	journalctl -u linkstatd -x --no-pager -o short | grep -E '^(-- |░░ )Subject:'
}
check "journalctl -x explains it" catalog_explains
check "linkstat incidents knows it" client incidents

log_step "a device is unplugged for good (of a phone that would be open for minutes: it may come back in recovery mode)"
plug recorder port=1 vid=1209 pid=0008 serial=R1 product=Recorder
pause 3
pull recorder
expect_incident recorder '.cause == "unplugged" and (.drop | not)' 30
expect_only_incidents 2
check_soon "the journal says so" 10 journal_has '.LINKSTAT_CAUSE == "unplugged"'
check "that is no alert" not journal_has '.LINKSTAT_CAUSE == "unplugged" and (.PRIORITY | tonumber) <= 4'

log_step "$idle_minutes idle minute(s)"
pid=$(service_property MainPID)
# Every wake-up of a thread ends in a switch away from it.
switches() {
	awk '$1 ~ /^(non)?voluntary_ctxt_switches/ { sum += $2 } END { print sum }' /proc/"$pid"/task/*/status
}
before=$(switches)
for ((minute = 1; minute <= idle_minutes; minute++)); do
	pause 60
	((minute == idle_minutes)) || log_step "minute $minute"
done
idle_switches=$(($(switches) - before))
log_step "context switches of all its threads: $idle_switches; watchdog: $(service_property WatchdogUSec)"
check "no more than its watchdog needs: 8 in a minute" test "$idle_switches" -le $((8 * idle_minutes))

check "systemctl stop ends it" systemctl stop linkstatd.service
check "with success" service_is Result success
