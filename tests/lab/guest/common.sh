# What both kinds of machine do before and after the script.

report() { echo "$*" >/dev/lab/status; }

load_modules() {
	[[ ${LAB_USBMON-yes} == no ]] || modprobe usbmon
	# The PCI controller first, so that it has buses 1 and 2 and vhci_hcd the 16 from 3 on.
	modprobe xhci_pci
	until [[ -e /sys/bus/usb/devices/usb2 ]]; do
		read -r -t 0.02 <> <(:) || true
	done
	modprobe -a vhci_hcd usb_storage sd_mod usbserial
}

# Its exit code is the machine's. The kernel log stays with the results.
run_script() {
	local code
	report "up"
	cd "$LAB_TREE" || exit
	bash -c '. /run/lab.conf' </dev/null >/dev/lab/stdout 2>&1
	code=$?
	dmesg >"$LAB_OUT/kernel.log"
	sync
	report "exit $code"
}
