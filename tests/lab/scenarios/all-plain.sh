#!/bin/bash
# Stories of the plain machine in one boot: those that every change must pass; "all" of them; or those named.
here=$LAB_TREE/tests/lab/scenarios
core=(link-loss restore restore-drop transfer-errors exact-counts unplugged unplug-busy enumeration-failed emi
	over-current failed-reset hub-leaves deauthorised removed port-disabled top controller-unbound
	hostile-strings no-udevd no-permission ledger crash)
more=(restore-stall dfu-cycle flaps silence ss-inactive usbreset driver-reset hub-reset power-switched controller-died
	bus-gone usbmon-unloaded devnum-reuse clock-back flap-storm check)
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
