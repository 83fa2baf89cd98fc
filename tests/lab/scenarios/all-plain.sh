#!/bin/bash
# Every story of the plain machine in one boot. With arguments: only those.
here=$LAB_TREE/tests/lab/scenarios
stories=(link-loss restore restore-drop restore-stall dfu-cycle transfer-errors exact-counts unplugged unplug-busy
	flaps silence enumeration-failed emi over-current ss-inactive usbreset driver-reset failed-reset hub-leaves
	hub-reset deauthorised removed port-disabled power-switched top controller-unbound controller-died bus-gone
	usbmon-unloaded devnum-reuse hostile-strings no-udevd no-permission clock-back flap-storm ledger check crash)
[[ $# -eq 0 ]] || stories=("$@")
failed=()

for name in "${stories[@]}"; do
	bash "$here/$name.sh" || failed+=("$name")
done
echo
echo "${#stories[@]} stories, ${#failed[@]} failed${failed[0]+: ${failed[*]}}"
[[ ${#failed[@]} -eq 0 ]]
