#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "Two buses are removed under load, and another bus goes on"
start_linkstatd

controller=$(basename "$(readlink -f /sys/bus/usb/devices/usb1/..)")
driver=/sys/bus/pci/drivers/xhci_hcd
rebind() {
	[[ -e $driver/$controller ]] || echo "$controller" >"$driver/bind"
}
at_end rebind

disk_of() { # KERNEL-NAME: its block device
	compgen -G "/sys/bus/usb/devices/$1/$1:*/host*/target*/*/block/*" | xargs -r -n 1 basename
}

read_disk() {
	while dd if="/dev/$1" of=/dev/null bs=64k iflag=direct status=none; do :; done
}

plug_phone
load_with_libusb phone --size 4096
plug_disk
wait_until "the disk is there" 30 eval '[[ -n $(disk_of "$(where disk)") ]]'
in_background read_disk "$(disk_of "$(where disk)")" 2>/dev/null
check_soon "the disk's bytes are counted" 30 report_has disk '.bytes_in > 500000'
name=$(where disk)

log_step "$controller's driver is unbound during a read"
echo "$controller" >"$driver/unbind"
wait_until "its buses are gone" 20 is_gone usb1
check_soon "the disk was there and is gone" 30 report_has "$name" '.disconnects == 1'
check "its bytes are still known" report_has "$name" '.bytes_in > 500000'
before=$(client report --json | jq '[.ports[].transfers] | add')
check_soon "the phone on another bus is still counted" 20 eval \
	'client report --json | jq -e "([.ports[].transfers] | add) > $before + 50"'
expect_only_incidents 1

log_step "the buses come back with their old numbers"
rebind
wait_until "they are back" 30 test -e /sys/bus/usb/devices/usb2
plug_disk again 3 # QEMU keeps the old one where it was
in_background read_disk "$(disk_of "$(where again)")" 2>/dev/null
check_soon "and are watched again" 30 report_has again '.bytes_in > 500000'
check "linkstatd still answers" client status --json
