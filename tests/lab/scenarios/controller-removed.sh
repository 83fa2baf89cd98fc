#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A USB controller is taken out under load, in order and by surprise, as with a Thunderbolt dock"
start_linkstatd

pci=$(readlink -f /sys/bus/usb/devices/usb1/..)
put_back() {
	[[ -e $pci ]] || echo 1 >/sys/bus/pci/rescan
	wait_until "its buses are there" 60 test -e /sys/bus/usb/devices/usb2
}
# A card that was pulled answers every read with ones, as memory does that is not decoded.
vanish() {
	printf '\x05' | dd of="$pci/config" bs=1 seek=4 conv=notrunc status=none
}
disk_of() { # KERNEL-NAME
	basename "$(compgen -G "$pci/usb*/$1/$1:*/host*/target*/*/block/sd*" | head -n 1)"
}
plug_busy_disk() {
	plug_disk disk 2
	wait_until "it is a disk" 30 disk_of "$(where disk)"
	in_background dd if="/dev/$(disk_of "$(where disk)")" of=/dev/null bs=64k iflag=direct 2>"$story_dir/dd"
	pause 2
}

at_end put_back
log_step "in order: a program removes the card"
plug_busy_disk
echo 1 >"$pci/remove"
wait_until "its buses are gone" 30 is_gone usb1
expect_only_incidents 1
check "nobody is accused" jq_incidents 'all(.[]; (.cause == "software" or .cause == "unplugged") and (.drop | not))'

log_step "by surprise: it does not answer any more, and then it is removed"
put_back
pull disk
plug_busy_disk
vanish
echo 1 >"$pci/remove"
wait_until "its buses are gone" 60 is_gone usb1
wait_until "the kernel has noticed" 30 kernel_logged 'not responding|HC died|assume dead|[Hh]ost halt failed|remove, state'
expect_only_incidents 2
check "nobody is accused" jq_incidents 'all(.[]; (.cause == "software" or .cause == "unplugged") and (.drop | not))'
check "linkstatd still answers" client status --json
