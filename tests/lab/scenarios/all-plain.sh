#!/bin/bash
# Stories of the plain machine, one after the other in one boot: those that every change must pass; "all" of
# them; or those named. With "list" before these it only prints their names. Where $LAB_QUEUE is set, several
# machines have the same list: each takes the next story that no other has taken, and leaves its result there.
here=$(dirname "$0")
. "$here/../pace.sh"
# Those that take longest come first, so that several machines end at about the same time.
core=(ledger restore transfer-errors link-loss hostile-strings controller-unbound crash failed-reset over-current
	no-udevd bench-usbmon hub-leaves enumeration-failed removed unplugged emi)
more=(restore-drop restore-stall dfu-cycle exact-counts unplug-busy flaps silence ss-inactive usbreset driver-reset
	hub-reset deauthorised port-disabled power-switched controller-died bus-gone usbmon-unloaded devnum-reuse
	no-permission clock-back flap-storm top check slow-start driver-lets-go dock-leaves ganged-power
	controller-removed restart-loop)
[[ ${1-} == list ]] && list_only=yes && shift
case ${1-} in
'') stories=("${core[@]}") ;;
all) stories=("${core[@]}" "${more[@]}") ;;
*) stories=("$@") ;;
esac
[[ -z ${list_only-} ]] || { printf '%s\n' "${stories[@]}" && exit; }
failed=() n=0

# The seconds that a story may take on an idle host: ten times what it needs, and more. One that needs more
# has a line "# limit: N s".
limit_of() { # NAME
	sed -n 's/^# limit: \([0-9]*\) s$/\1/p' "$here/$1.sh" | grep . || echo 600
}

run_story() { # NAME: its own output; its exit code, or 124 if it did not come to an end
	local limit code=0
	measure_slowness
	limit=$(($(limit_of "$1") * slowness))
	timeout -k 60 "$limit" bash "$here/$1.sh" || code=$?
	((code == 124 || code == 137)) || return "$code"
	echo "  FAILED  $1 took longer than $limit s and was ended"
	return 124
}

# take NAME: false if another machine has it. Sets code.
take() {
	local result=$LAB_QUEUE/$1 began
	mkdir "$result" 2>/dev/null || return
	take_time
	began=$now_us
	run_story "$1" 2>&1 | tee "$result/log"
	code=${PIPESTATUS[0]}
	take_time
	echo "$(((now_us - began) / 1000000)) $code" >"$result/end.new"
	mv "$result/end.new" "$result/end"
	echo "$1: exit code $code"
}

for name in "${stories[@]}"; do
	code=0
	if [[ -n ${LAB_QUEUE-} ]]; then
		take "$name" || continue
	else
		run_story "$name" || code=$?
	fi
	n=$((n + 1))
	((code == 0)) || failed+=("$name")
	# A killed story leaves the machine in an unknown state: another machine runs the rest.
	[[ -z ${LAB_QUEUE-} || $code != 124 ]] || break
done
echo
echo "$n stories, ${#failed[@]} failed${failed[0]+: ${failed[*]}}"
[[ ${#failed[@]} -eq 0 ]]
