#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A host controller dies"
start_linkstatd

# A controller that no longer decodes its memory gets no commands. Requests to a device time
# out, and so does the command to stop: then the kernel declares the controller dead.
pci=$(readlink -f /sys/bus/usb/devices/usb1/..)
driver=/sys/bus/pci/drivers/xhci_hcd
decode() { # off|on
	local value='\x05'
	[[ $1 == off ]] || value='\x07' # I/O, memory, bus master
	# shellcheck disable=SC2059 # the format is the byte
	printf "$value" | dd of="$pci/config" bs=1 seek=4 conv=notrunc status=none
}
revive() {
	decode on
	[[ ! -e $driver/$(basename "$pci") ]] || basename "$pci" >"$driver/unbind"
	basename "$pci" >"$driver/bind"
}

plug_qemu tablet usb-tablet 4
plug_serial serial 5
pause 3
log_step "it stops answering"
at_end revive
decode off
in_background timeout 60 lsusb -v -s "1:$(attribute serial devnum)" >"$story_dir/lsusb" 2>&1
wait_until "the kernel logs it" 60 kernel_logged 'HC died; cleaning up'

check_soon "the host is named and not the devices" 30 jq_incidents \
	'length > 0 and all(.[]; .cause == "controller-died" and .side == "host" and .drop)'
expect_only_incidents 1
check "linkstatd still answers" client status --json
