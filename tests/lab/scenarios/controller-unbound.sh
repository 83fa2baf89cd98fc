#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A host controller's driver is unbound under its devices"
start_linkstatd

controller=$(basename "$(readlink -f /sys/bus/usb/devices/usb1/..)")
driver=/sys/bus/pci/drivers/xhci_hcd
rebind() {
	[[ -e $driver/$controller ]] || echo "$controller" >"$driver/bind"
}
plug_qemu tablet usb-tablet 4
plug_serial serial 5
pause 3

log_step "$controller's driver is unbound"
at_end rebind
echo "$controller" >"$driver/unbind"
wait_until "its buses are gone" 20 is_gone usb1
check_soon "the host is named and not the devices" 30 jq_incidents \
	'length > 0 and all(.[]; .cause == "software" or .cause == "controller-died" or .side == "host")'
expect_only_incidents 1

log_step "and is bound again"
rebind
wait_until "its buses are back" 30 test -e /sys/bus/usb/devices/usb2
check "linkstatd still answers" client status --json
