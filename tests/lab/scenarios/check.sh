#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "linkstat check before a restore"

finds() { # PORT JQ-FILTER: of the findings; PORT may be empty
	client check ${1:+"$1"} --json >"$story_dir/check.json"
	jq -r '.findings[] | [.level, .id, .port, .what] | @tsv' "$story_dir/check.json"
	jq -e "$2" "$story_dir/check.json" >/dev/null
}
finding() { # ID LEVEL WORDS
	echo ".findings | any(.id == \"$1\" and .level == \"$2\" and (.what | test(\"$3\")))"
}
runtime_states() { # of all devices: opening one resumes it
	grep . /sys/bus/usb/devices/*/power/runtime_status
}
was_resumed() { # which are active, and were not; others may have been suspended meanwhile
	grep -vxFf "$story_dir/before" "$story_dir/after" | grep -E ':(active|resuming)$'
}

own_socket=$linkstat_socket
linkstat_socket=$story_dir/missing
log_step "nothing is plugged in, and linkstatd does not run"
check "it reports that no device is plugged in" eval 'client check | grep "No device is plugged in"'
check "and that linkstatd does not run" finds '' "$(finding linkstatd note 'does not run')"
linkstat_socket=$own_socket

start_linkstatd
plug_hub
plug_qemu tablet usb-tablet 1.1
plug_disk disk 2
plug_phone
port=$(where phone)
until_known "$port"
runtime_states >"$story_dir/before"
client check 2>&1 | indent
client check "$port" 2>&1 | indent
check "the phone comes over a network" finds "$port" "$(finding usbip mend usbip)"
check "at high speed" finds "$port" "$(finding speed fine '480 Mb/s')"
check "it has almost no history" finds "$port" "$(finding history note 'watched for|no record')"
check "linkstatd runs" finds "$port" "$(finding linkstatd fine 'runs')"
check "this is a virtual machine" finds "$port" "$(finding virtual-machine mend 'QEMU|KVM')"
check "there is a kernel" finds "$port" "$(finding kernel fine "$(uname -r | sed "s/+/[+]/g")")"
check "the tablet is behind a hub at full speed" finds 1-1.1 "$(finding hubs note 'One hub')"
check "an empty port is accepted" finds 1-4 "$(finding presence note 'Nothing is plugged in')"
check "an unknown port is refused" not client check 1-77
check "Apple devices come first" eval 'client check --json |
	jq -e "[.findings[].port | select(. != null)][0] == \"$port\""'
runtime_states >"$story_dir/after"
check "no device was resumed" not was_resumed

log_step "power saving is on"
set_attribute phone power/control auto
check "it is reported" finds "$port" "$(finding autosuspend note 'after .* without traffic')"
set_attribute phone power/control on
check "and when it is off" finds "$port" "$(finding autosuspend fine 'does not put')"

log_step "it drops, twice"
load_with_libusb phone
for _ in 1 2; do
	pull phone
	pause 1.3
	plug phone
	wait_until "all incidents are closed" 60 all_closed
done
stop_load
check "that is its history" finds "$port" "$(finding history mend '[0-9]+ drops? in .* link lost .incident')"
check "it is not ready" jq -e '.fit | not' "$story_dir/check.json"
client check "$port" 2>&1 | indent

log_step "it is deauthorised"
set_attribute phone authorized 0
check "it is reported" finds "$port" "$(finding presence mend 'forbids')"
