#!/bin/bash
# linkstat in use: a virtual iPhone is restored over a bad cable.
. "$LAB_TREE/tests/lab/story.sh"
story "A restore over a bad cable, in a machine with virtual USB"
install_linkstat

show() {
	echo
	echo "\$ $*"
	"$@" 2>&1
	echo
}

drops_judged() { # a phone that left on purpose may be away for minutes: that incident can wait
	incidents | jq -e '[.incidents[] | select(.drop)] | length > 0 and all(.[]; .closed_at != null)'
}

start_service
log_step "linkstatd runs; linkstat watch in another terminal"
linkstat watch 2>&1 | sed -u 's/^/          watch │ /' &
story_pids+=($!)

ecid=000B654E3C92002E
log_step "an iPhone in recovery mode is plugged in, and a restore begins"
plug_phone loader pid=1281 product='Apple Mobile Device (Recovery Mode)' \
	serial="CPID:8020 CPRV:11 CPFM:03 SCEP:01 BDID:0E ECID:$ecid IBFL:3D SRTG:[iBoot-1]"
pause 2
log_step "it starts the loader that was sent: an expected disconnect and return"
pull loader
pause 1
plug loader
pause 2
log_step "and the restore system: the same again"
pull loader
pause 1
plug_phone phone "serial=00008020$ecid"
load_with_libusb phone
pause 3

for turn in first second; do
	log_step "errors begin on the bulk endpoint …"
	vdev ctl break phone ep=0x02 status=-71 after=20 count=6
	pause 2
	log_step "… and the link goes, the $turn time"
	pull phone
	pause 1.3
	plug phone
	log_step "the phone is back, and the restore tool tries again"
	pause 5
done
stop_load
log_step "the user gives up and runs linkstat"
wait_until "the drops have a cause" 60 drops_judged
id=$(incidents | jq -r '[.incidents[] | select(.drop)][0].id')

show linkstat
show linkstat report
show linkstat show "$id"
show journalctl -u linkstatd -x --no-pager -n 40
check "linkstat saw the link drop" jq_incidents 'any(.[]; .drop)'
