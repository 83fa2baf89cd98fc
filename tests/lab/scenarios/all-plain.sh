#!/bin/bash
# Every story of the plain machine in one boot. With arguments: only those.
here=$LAB_TREE/tests/lab/scenarios
stories=(link-loss transfer-errors unplugged enumeration-failed emi over-current ss-inactive usbreset hub-leaves
	deauthorised removed controller-unbound hostile-strings no-udevd flap-storm crash)
[[ $# -eq 0 ]] || stories=("$@")
failed=() skipped=()

for name in "${stories[@]}"; do
	bash "$here/$name.sh"
	case $? in
	0) ;;
	77) skipped+=("$name") ;;
	*) failed+=("$name") ;;
	esac
done
echo
echo "${#stories[@]} stories, ${#failed[@]} failed${failed[0]+: ${failed[*]}}${skipped[0]+, skipped: ${skipped[*]}}"
[[ ${#failed[@]} -eq 0 ]] || exit 1
[[ ${#skipped[@]} -lt ${#stories[@]} ]] || exit 77
