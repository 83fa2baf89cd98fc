#!/bin/bash
# Stories of the plain machine in one boot: those that every change must pass; "all" of them; or those named.
here=$LAB_TREE/tests/lab/scenarios
core=(link-loss restore transfer-errors unplugged enumeration-failed emi over-current failed-reset hub-leaves removed
	controller-unbound hostile-strings no-udevd ledger crash)
more=(restore-drop restore-stall dfu-cycle exact-counts unplug-busy flaps silence ss-inactive usbreset driver-reset
	hub-reset deauthorised port-disabled power-switched controller-died bus-gone usbmon-unloaded devnum-reuse
	no-permission clock-back flap-storm top check)
case ${1-} in
'') stories=("${core[@]}") ;;
all) stories=("${core[@]}" "${more[@]}") ;;
*) stories=("$@") ;;
esac
failed=()

for name in "${stories[@]}"; do
	bash "$here/$name.sh" || failed+=("$name")
done
echo
echo "${#stories[@]} stories, ${#failed[@]} failed${failed[0]+: ${failed[*]}}"
[[ ${#failed[@]} -eq 0 ]]
