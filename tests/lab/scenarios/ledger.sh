#!/bin/bash
# The user's records: which cable, which command, with which result.
. "$LAB_TREE/tests/lab/story.sh"
story "Two cables are tried with a restore each"
start_linkstatd

has_text() { # PATTERN FILE…
	tr '\n' ' ' <"$2" | tr -s ' ' | grep -qE -- "$1"
}
run_job() { # OPTION… -- COMMAND…: as `client run`, with its exit code
	"$LAB_BUILD/cli/linkstat" --socket "$linkstat_socket" run "$@"
}
# The user's command: it works while data flows, and fails when the link is lost.
cat >"$story_dir/idevicerestore" <<'RESTORE'
#!/bin/bash
echo "Device 00008020000b654e has successfully entered restore mode"
echo "Sending filesystem now..."
for percent in 12 25 37; do
	printf '\r[====            ]  %d.0%%' "$percent"
	sleep 0.3
done
touch "$1.sending"
until [[ -e $1.go ]]; do sleep 0.1; done
[[ ! -e $1.dropped ]] && echo DONE && exit 0
echo "ERROR: Unable to send data to ASR. Sent 512 of 16384 bytes."
exit 1
RESTORE
chmod +x "$story_dir/idevicerestore"

log_step "a phone is plugged in; the user names its cable and the socket"
# Of no family: for a device that may return in another mode linkstatd waits minutes.
plug_phone phone vid=1209 pid=0007 product='A phone'
port=$(where phone)
until_known "$port"
check "the socket gets its name" client name "$port" "left front"
check "the cable gets its name" client cable "left front" "white 2 m"
check "the status shows both" eval 'client status --json | jq -e ".ports[] | select(.name == \"$port\") |
	.label == \"left front\" and .cable == \"white 2 m\" and (.cable_assumed | not)"'
load_with_libusb phone

log_step "a restore under linkstat run loses the link"
run_job --cable "white 2 m" --port "left front" --note first -- "$story_dir/idevicerestore" "$story_dir/one" \
	>"$LAB_OUT/ledger.run1" 2>&1 &
job=$!
wait_until "the file system is being sent" 60 test -e "$story_dir/one.sending"
pause 1
pull phone
pause 1.3
plug phone
touch "$story_dir/one.dropped" "$story_dir/one.go"
wait "$job"
code=$?
check "its exit code is the command's" test "$code" = 1
indent <"$LAB_OUT/ledger.run1"
check "the report names cable and place" \
	has_text 'with cable "white 2 m" dropped, at 37 % of the file system, [0-9]+ s into restore mode: link lost' \
	"$LAB_OUT/ledger.run1"
check "the report has the bytes" has_text '"left front".*(KiB|MiB|GiB) (sent|received)' "$LAB_OUT/ledger.run1"

log_step "the phone is unplugged, and comes back after a while: the cable is assumed"
stop_load
pause 4
pull phone
wait_until "all incidents are closed" 60 all_closed
plug phone
wait_until "it is there again" 20 eval 'client status --json | jq -e ".ports | any(.name == \"$port\" and .cable_assumed)"'
check "the log has it, and how to correct it" grep -q 'assuming cable "white 2 m" as before' \
	"$LAB_OUT/ledger.linkstatd.log"

log_step "it was another cable; the restore is run again and succeeds"
check "the label is corrected" client cable "left front" "apple 1 m" --correct
load_with_libusb phone
run_job -- "$story_dir/idevicerestore" "$story_dir/two" >"$LAB_OUT/ledger.run2" 2>&1 &
job=$!
wait_until "the file system is being sent" 60 test -e "$story_dir/two.sending"
touch "$story_dir/two.go"
wait "$job"
code=$?
check "its exit code is the command's" test "$code" = 0
indent <"$LAB_OUT/ledger.run2"
check "the job had no drop" has_text 'No link trouble' "$LAB_OUT/ledger.run2"
stop_load

log_step "jobs and incidents"
client jobs 2>&1 | indent
client incidents 2>&1 | indent
check "two jobs, one with a drop" eval 'client jobs --json | jq -e ".jobs | length == 2 and
	.[0].drops == 1 and .[0].code == 1 and .[0].note == \"first\" and (.[0].place | startswith(\"at 37 %\")) and
	.[1].drops == 0 and .[1].code == 0"'
check "the drop is the white cable's" eval 'client incidents --json | jq -e "[.incidents[] | select(.drop)] |
	length == 1 and .[0].cable == \"white 2 m\" and .[0].label == \"left front\""'
log_step "linkstatd is restarted, and has kept them"
stop_linkstatd
start_linkstatd
check "the cable is still known" eval 'client status --json | jq -e ".ports[] | select(.name == \"$port\") |
	.cable == \"apple 1 m\""'
