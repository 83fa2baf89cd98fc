#!/bin/sh
# linkstat diagnose over the tables beside this: each on the right side. Usage: verdicts.sh LINKSTAT
set -u
linkstat=$(realpath "$1")
cd "$(dirname "$0")" || exit 2
failed=0

# expect FILE EXIT-CODE VERDICT: the verdict, or how it begins.
expect() {
	answer=$("$linkstat" diagnose --sessions "$1.csv" --json)
	code=$?
	verdict=$(printf '%s\n' "$answer" | sed -n 's/.*"verdict":"\([^"]*\)","probability".*/\1/p')
	case $code-$verdict in
	"$2-$3"*) echo "ok      $1: $verdict" ;;
	*)
		echo "FAILED  $1: exit code $code, \"$verdict\" instead of $2, \"$3\""
		failed=1
		;;
	esac
}

# The field cases: proved by a swap, or not decidable.
expect T07-usbmuxd-147 1 'device:iPhone 6'
expect T19-scrcpy-5812-port 1 'port:front port'
expect T19-scrcpy-5812-cable 1 'cable:3 m'
expect T35-edgetpu-675 1 'device:TPU 1'
expect T38-raspberrypi-5211 1 'device:pl2303 old'
expect T43-meshcore-818 1 'pair:'
expect T06-idevicerestore-479 0 not-enough-data
expect T14-legacy-ios-kit-491 0 not-enough-data
expect T25-cb1-101 0 not-enough-data

expect bad-cable 1 'cable:white 2 m'
expect confounded 1 inseparable
expect two-hosts 1 'host:old'
expect pair 1 'pair:'
expect nothing-wrong 0 nothing-special
expect under-load 1 'cable:red'
expect one-of-each 0 not-enough-data
expect one-drop 0 not-enough-data
expect empty 0 not-enough-data

# Parts that were never varied are listed; the same name on two computers means two parts.
"$linkstat" diagnose --sessions T43-meshcore-818-first.csv --json | grep -q '"never_varied":\[[^]]*"hub:hub A"' || {
	echo "FAILED  T43-meshcore-818-first: that the hub was never varied is not said"
	failed=1
}
"$linkstat" diagnose --sessions two-hosts.csv --json | grep -q '"1-1 on old"\|controller:0000:00:14.0 on old\|"0000:00:14.0 on old"' || {
	echo "FAILED  two-hosts: ports and controllers of the same name are taken for one"
	failed=1
}
# Idle hours clear nobody where it is known that they were idle, and they do where it is not.
"$linkstat" diagnose --sessions under-load.csv | grep -q 'It drops only while data flows' || {
	echo "FAILED  under-load: that it drops while data flows is not said"
	failed=1
}
"$linkstat" diagnose --sessions under-load.csv --json | grep -q '"pattern":"under-load"\|"kind":"under-load"\|under-load' || {
	echo "FAILED  under-load: the pattern is not found"
	failed=1
}
# A loose socket: short sessions of one device on two ports, where others run for hours.
{
	echo port,cable,device,connected_hours,drops
	for i in 1 2 3 4 5; do
		echo "left,a,phone,0.01,1
right,b,phone,0.012,1
left,b,disk,2,0
right,a,disk,3,0
left,a,disk,2,0"
	done
} | "$linkstat" diagnose --sessions - --json | grep -q '"kind":"mechanical"' || {
	echo "FAILED  sessions of less than a minute on several ports are not seen as a pattern"
	failed=1
}
# The number shown is that of all that is named.
printf '%s\n' port,device,connected_hours,drops 1,iPhone,0.5,2 2,iPhone,0.5,1 1,disk,4,0 2,disk,4,0 2,iPhone,0.5,1 1,iPhone,0.5,2 |
	"$linkstat" diagnose --sessions - | grep -q 'At fault is one of these: device "iPhone" or the cable used with device "iPhone"' || {
	echo "FAILED  without names of cables the device is accused alone"
	failed=1
}
exit $failed
