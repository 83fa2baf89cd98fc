# Functions for the stories that run in the guest of `machine`. A story sources this file first:
#
#	#!/bin/bash
#	. "$LAB_TREE/tests/lab/story.sh"
#	story "A phone falls off the bus"
#	start_linkstatd
#	plug_phone
#	…
#	check "the phone is gone" test ! -e "/sys/bus/usb/devices/$(where phone)"
#
# Its exit code is 0 if every check passed. A story without a check fails.
set -u -o pipefail
. "$LAB_TREE/tests/lab/pace.sh"
# What stories look with. Under emulation a program without sanitizers starts in a quarter of the time.
: "${LAB_TOOLS:=$LAB_BUILD}"
export TZ=UTC LC_ALL=C.UTF-8 PATH=$LAB_TOOLS/tests/lab:$PATH

declare -i n_checks=0 n_failed=0 n_starts=0
story_name=$(basename "$0" .sh)
story_since=$(date +%s)
story_dir=$(mktemp -d "/run/$story_name.XXXXXX")
story_pids=() story_repairs=()
daemon_as=() # setpriv and its options, to run linkstatd as another user
daemon_pid='' vdev_pid='' load_pid=''
linkstat_socket=$story_dir/io.linkstat # the systemd machine empties it: the client's default then
trap end_story EXIT

# ---- output and checks --------------------------------------------------------------------------

seconds_up() {
	local up
	read -r up _ </proc/uptime
	echo "$up"
}

story() {
	story_title=$1
	echo
	echo "== $1"
	echo "story: $story_name begins" >/dev/kmsg
	machine_ready
}

log_step() {
	printf '%8.2f  %s\n' "$(seconds_up)" "$*"
}

indent() {
	sed 's/^/              /'
}

# Context for a failure.
show_circumstances() {
	echo "kernel log:"
	kernel_log | tail -n 15
	if [[ -s $LAB_OUT/$story_name.linkstatd.log ]]; then
		echo "linkstatd:"
		tail -n 10 "$LAB_OUT/$story_name.linkstatd.log"
	fi
}

# check "sentence" COMMAND…: passes if COMMAND succeeds now.
check() {
	local sentence=$1 output
	shift
	n_checks+=1
	if output=$("$@" 2>&1); then
		echo "      ok  $sentence"
		return 0
	fi
	n_failed+=1
	echo "  FAILED  $sentence"
	{
		echo "command: $*"
		[[ -z $output ]] || echo "$output"
		show_circumstances
	} | indent
	return 1
}

# check_soon "sentence" SECONDS COMMAND…: passes if COMMAND succeeds in time, given for
# a fast machine.
check_soon() {
	local sentence=$1 seconds=$2
	shift 2
	check "$sentence" poll_for "$seconds" "$@"
}

not() {
	! "$@"
}

# Runs COMMAND every 50 ms until it succeeds. Its last output is the output. A bound only ends what will
# never come, so it is three times SECONDS, and as many times more as this machine is slow at the end.
poll_for() {
	local bound=$(($1 * 3000000)) began now_us slowness output
	shift
	take_time
	began=$now_us
	while :; do
		if output=$("$@" 2>&1); then
			[[ -z $output ]] || echo "$output"
			return 0
		fi
		take_time
		if ((now_us - began > bound)); then
			measure_slowness
			((now_us - began < bound * slowness)) || break
		fi
		pause 0.05
	done
	echo "not within $(((now_us - began) / 1000000)) s; last seen: ${output:-nothing}"
	return 1
}

# wait_until "description" SECONDS COMMAND…: ends the story if COMMAND does not succeed in time.
wait_until() {
	local description=$1 output
	shift
	output=$(poll_for "$@") && return
	echo "  FAILED  waiting until $description"
	{
		echo "command: ${*:2}"
		echo "$output"
		show_circumstances
	} | indent
	n_failed+=1
	exit 1
}

# A delay that is part of the story, never a wait for something.
pause() {
	read -r -t "$1" <> <(:) || true
}

give_up() {
	echo "  FAILED  $*"
	n_failed+=1
	exit 1
}

end_story() {
	local pid repair
	trap - EXIT
	stop_load
	stop_linkstatd
	for pid in "${story_pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for repair in "${story_repairs[@]}"; do
		eval "$repair"
	done
	stop_vdev
	remove_qemu_devices
	rm -rf "$story_dir"
	((n_checks > 0 || n_failed > 0)) || echo "  FAILED  the story checks nothing"
	echo "          ${story_title:-$story_name}: $n_checks checks, $n_failed failed"
	# An exit without a number would repeat the code from before this trap.
	((n_checks > 0 && n_failed == 0)) && exit 0
	exit 1
}

# at_end COMMAND…: runs when the story ends, whatever the result.
at_end() {
	story_repairs+=("${*@Q}")
}

# Starts a background process that ends with the story.
in_background() {
	"$@" &
	story_pids+=($!)
}

# ---- kernel -------------------------------------------------------------------------------------

# The kernel log since this story began.
kernel_log() {
	dmesg | sed "1,/story: $story_name begins/d"
}

kernel_logged() {
	kernel_log | grep -E -- "$1"
}

kernel_logged_times() { # NUMBER PATTERN
	local n
	n=$(kernel_log | grep -c -E -- "$2")
	echo "$n times"
	((n == $1))
}

# How often a device was on the bus between two disconnects for so long (2 s) that the second one is an
# incident of its own. How long a flap takes depends on the speed of the machine.
quiet_spells() { # KERNEL-NAME
	kernel_log | tr -d '[]' | awk -v found="$1: New USB device found" -v gone="$1: USB disconnect" '
		index($0, found) { since = $1 }
		index($0, gone) { if (since && $1 - since > 1.8) n++; since = 0 }
		END { print n + 0 }'
}

file_exceeds() { # FILE NUMBER
	local now
	now=$(cat "$1")
	echo "$now"
	((now > $2))
}

no_usb_devices() {
	local found
	found=$(find /sys/bus/usb/devices/ -maxdepth 1 -name '*-*' ! -name '*:*' -printf '%f ')
	echo "still there: $found"
	[[ -z $found ]]
}

machine_ready() {
	[[ -w /sys/devices/platform/vhci_hcd.0/attach ]] || give_up "there is no vhci_hcd in this machine"
	wait_until "the buses are empty" 30 no_usb_devices
}

attribute() { # NAME ATTRIBUTE: of the device in sysfs
	cat "/sys/bus/usb/devices/$(where "$1")/$2"
}

set_attribute() { # NAME ATTRIBUTE VALUE
	echo "$3" >"/sys/bus/usb/devices/$(where "$1")/$2"
}

# ---- virtual devices ----------------------------------------------------------------------------

start_vdev() {
	[[ -z $vdev_pid ]] || return 0
	vdev serve &
	vdev_pid=$!
	wait_until "vdev serves" 10 vdev ctl list
}

stop_vdev() {
	[[ -n $vdev_pid ]] || return 0
	kill "$vdev_pid" 2>/dev/null
	wait "$vdev_pid" 2>/dev/null
	vdev_pid=''
}

is_virtual() {
	[[ -n $vdev_pid ]] && vdev ctl list | jq -e --arg name "$1" 'any(.[]; .name == $name)' >/dev/null
}

# Kernel name of the port of a device, such as 3-1.
where() {
	if [[ -e $story_dir/qemu/$1 ]]; then
		cat "$story_dir/qemu/$1"
	else
		vdev ctl where "$1"
	fi
}

is_configured() { # KERNEL-NAME
	[[ -s /sys/bus/usb/devices/$1/bConfigurationValue ]] &&
		compgen -G "/sys/bus/usb/devices/$1/$1:*" >/dev/null
}

is_gone() { # KERNEL-NAME
	[[ ! -e /sys/bus/usb/devices/$1 ]]
}

# plug NAME [KEY=VALUE…]: until the kernel has configured it. A known name keeps its properties.
plug() {
	start_vdev
	plug_only "$@"
	wait_until "$1 is configured" 30 is_configured "$(where "$1")"
}

# The same for a device that fails to enumerate.
plug_only() {
	start_vdev
	vdev ctl plug "$@" || give_up "vdev cannot plug $1"
}

plug_phone() { # [NAME] [KEY=VALUE…]
	local name=phone
	if [[ $# -gt 0 && $1 != *=* ]]; then
		name=$1
		shift
	fi
	plug "$name" port=0 speed=high vid=05ac pid=12a8 bcd=1503 serial=00008020000B654E3C92002E \
		product=iPhone manufacturer='Apple Inc.' class=ff/fe/02 power=500 "$@"
}

# enter_mode MODE: the phone of plug_phone comes up in it. One piece of hardware: all its serial numbers
# bear one ECID, and the restore system looks like normal use.
enter_mode() {
	local chip='CPID:8020 CPRV:11 CPFM:03 SCEP:01 BDID:0E ECID:000B654E3C92002E IBFL:3D'
	case $1 in
	normal | restore)
		plug_phone
		;;
	recovery)
		plug_phone pid=1281 bcd=0000 product='Apple Mobile Device (Recovery Mode)' \
			serial="SDOM:01 $chip SRTG:[iBoot-10151.1.1]"
		;;
	dfu)
		plug_phone pid=1227 bcd=0000 product='Apple Mobile Device (DFU Mode)' class=fe/01/00 \
			serial="$chip SRTG:[iBoot-3865.0.0.4.7]"
		;;
	*) give_up "the phone has no mode $1" ;;
	esac
}

# turn_into MODE [SECONDS]: it leaves the bus by itself and is back SECONDS (1) later in MODE.
turn_into() {
	pull phone
	pause "${2:-1}"
	enter_mode "$1"
}

# irecovery_sends KILOBYTES: to the phone in recovery mode, as restore tools do.
irecovery_sends() {
	truncate -s "$1K" "$story_dir/image"
	irecovery -f "$story_dir/image" >"$story_dir/irecovery" 2>&1
	# Its exit code is always 0.
	grep -q '100\.0%' "$story_dir/irecovery"
}

pull() {
	if [[ -e $story_dir/qemu/$1 ]]; then
		qmp device_del "{\"id\":\"$1\"}" >/dev/null || give_up "QEMU does not remove $1"
	else
		vdev ctl pull "$1" || give_up "vdev cannot pull $1"
	fi
	wait_until "$1 is gone" 20 is_gone "$(where "$1")"
	rm -f "$story_dir/qemu/$1"
}

# Load on NAME like a restore tool: libusb, bulk in both directions, reopens the device when it returns.
load_with_libusb() { # NAME [OPTION…]
	local name=$1 had
	shift
	had=$(moved "$name")
	load "$(attribute "$name" idVendor):$(attribute "$name" idProduct)" --reopen "$@" \
		2>>"$LAB_OUT/$story_name.load.log" &
	load_pid=$!
	wait_until "$name moves data" 20 vdev ctl wait "$name" "bytes=$((had + 1000000))" timeout=1
}

moved() { # NAME: bytes on all its endpoints so far
	vdev ctl list | jq --arg name "$1" '.[] | select(.name == $name).bytes'
}

stop_load() {
	[[ -n $load_pid ]] || return 0
	kill "$load_pid" 2>/dev/null
	wait "$load_pid" 2>/dev/null
	load_pid=''
}

# ---- QEMU's devices, on the controller with PCI hardware below it -------------------------------

# qmp COMMAND [ARGUMENTS-AS-JSON]: prints the answer; fails if it is an error.
qmp() {
	local port id="$RANDOM$RANDOM" line=''
	exec {port}<>/dev/lab/qmp || return 1
	echo '{"execute":"qmp_capabilities"}' >&"$port"
	echo "{\"execute\":\"$1\",\"arguments\":${2:-{\}},\"id\":\"$id\"}" >&"$port"
	while [[ $line != *"\"id\": \"$id\""* ]]; do
		read -r -t 100 -u "$port" line || break
	done
	exec {port}>&-
	echo "$line"
	[[ $line == *'"return"'* ]]
}

# plug_qemu NAME DRIVER PORT [JSON-MEMBERS]: PORT as QEMU has it, 2 or 2.1 below a hub.
plug_qemu() {
	local name=$1 bus=1 arguments
	# What can do SuperSpeed does it, except behind a hub: QEMU's is a USB 1.1 one.
	[[ $2 != usb-storage && $2 != usb-uas || $3 == *.* ]] || bus=2
	arguments="{\"driver\":\"$2\",\"id\":\"$name\",\"bus\":\"xhci.0\",\"port\":\"$3\"${4:+,$4}}"
	mkdir -p "$story_dir/qemu"
	qmp device_add "$arguments" >"$story_dir/qmp" || give_up "no $2: $(cat "$story_dir/qmp")"
	echo "$bus-$3" >"$story_dir/qemu/$name"
	wait_until "$name is configured" 30 is_configured "$bus-$3"
}

plug_hub() { # [NAME] [PORT]
	plug_qemu "${1:-hub}" usb-hub "${2:-1}"
}

unplug_hub() { # [NAME]
	pull "${1:-hub}"
}

plug_disk() { # [NAME] [PORT]: 64 MiB of zeros
	local name=${1:-disk} id=data$RANDOM$RANDOM
	qmp blockdev-add "{\"driver\":\"null-co\",\"node-name\":\"$id\",\"size\":67108864,\"read-zeroes\":true}" \
		>"$story_dir/qmp" || give_up "no data for the disk: $(cat "$story_dir/qmp")"
	plug_qemu "$name" usb-storage "${2:-2}" "\"drive\":\"$id\""
}

plug_serial() { # [NAME] [PORT]
	local name=${1:-serial} id=line$RANDOM$RANDOM
	qmp chardev-add "{\"id\":\"$id\",\"backend\":{\"type\":\"null\",\"data\":{}}}" \
		>"$story_dir/qmp" || give_up "no line for the serial converter: $(cat "$story_dir/qmp")"
	plug_qemu "$name" usb-serial "${2:-3}" "\"chardev\":\"$id\",\"always-plugged\":true"
}

remove_qemu_devices() {
	local file
	for file in "$story_dir"/qemu/*; do
		[[ ! -e $file ]] || qmp device_del "{\"id\":\"${file##*/}\"}" >/dev/null
	done
}

# ---- linkstat -----------------------------------------------------------------------------------

# The client under test. Its exit code is 1 if there was a drop, which is what stories are about.
client() {
	client_of "$LAB_BUILD" "$@"
}

# The client for the functions below.
ask() {
	client_of "$LAB_TOOLS" "$@"
}

client_of() { # BUILD ARGUMENT…
	local -i code=0
	if [[ -n $linkstat_socket ]]; then
		"$1/cli/linkstat" --socket "$linkstat_socket" "${@:2}" || code=$?
	else
		linkstat "${@:2}" || code=$?
	fi
	((code <= 1))
}

# start_linkstatd [ARGUMENT…]: with a state of its own, until it answers. What each run observed is
# left in $LAB_OUT for tests/golden.
start_linkstatd() {
	local recording=(--record "$LAB_OUT/$story_name.$((++n_starts)).jsonl")
	mkdir -p "$story_dir/state"
	rm -f "${recording[1]}"
	# Without root it may write to its state only.
	if [[ ${#daemon_as[@]} -gt 0 ]]; then
		recording=()
		chown -R nobody "$story_dir"
		chmod 755 "$story_dir"
	fi
	# Memory is checked, too: limit what the sanitizer keeps of freed memory.
	ASAN_OPTIONS=quarantine_size_mb=4 "${daemon_as[@]}" "$LAB_BUILD/daemon/linkstatd" \
		"${recording[@]}" --state "$story_dir/state" --socket "$linkstat_socket" "$@" \
		>>"$LAB_OUT/$story_name.linkstatd.log" 2>&1 &
	daemon_pid=$!
	wait_until "linkstatd answers" 30 ask status --json
}

stop_linkstatd() {
	[[ -n $daemon_pid ]] || return 0
	kill "$daemon_pid" 2>/dev/null
	wait "$daemon_pid" 2>/dev/null
	daemon_pid=''
}

kill_linkstatd() {
	kill -9 "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	daemon_pid=''
}

# of_story JQ-FILTER [JQ-OPTION…]: applies it to the list of this story's incidents. Older ones may be known
# from the kernel log of this boot. One jq for each question: it takes long to start.
of_story() {
	local filter=$1
	shift
	ask incidents --json | jq -c --argjson since "$story_since" "$@" '
		def seconds: sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") | fromdateiso8601;
		.incidents |= map(select((.opened_at | seconds) >= $since)) | '"$filter"
}

incidents() {
	of_story .
}

port_name() { # a device's name, a kernel name or a stable id: the latter two stay as they are
	where "$1" 2>/dev/null || echo "$1"
}

# The last output line is the result; the lines before it are for the log.
incident_on() { # PORT JQ-FILTER: the incidents on PORT for which it is true
	local port
	port=$(port_name "$1")
	of_story ".incidents as \$all | [\$all[] | select(.name == \$port or .port == \$port)] | map(select($2))
		| if length > 0 then . else (\$all[] | del(.evidence)), false end" -e --arg port "$port" && return
	echo "no incident on $port with: $2"
	return 1
}

# until_known NAME|PORT: linkstatd has it as present. udev may be slower than sysfs, by which plug_… waits.
is_known() {
	ask status --json | jq -e --arg port "$(port_name "$1")" \
		'.ports | any(.name == $port and .connected_at != null)' >/dev/null
}
until_known() {
	wait_until "linkstatd knows $1" 20 is_known "$1"
}

# expect_incident PORT JQ-FILTER [SECONDS]: waits for such an incident. PORT may be a device's name.
expect_incident() {
	check_soon "an incident on $1 with $2" "${3:-20}" incident_on "$1" "$2"
}

all_closed() {
	of_story '[.incidents[] | select(.closed_at == null) | del(.evidence)] | .[], . == []' -e
}

jq_incidents() { # JQ-FILTER, true of the list of this story's incidents
	of_story ".incidents | (.[] | del(.evidence)), ($1)" -e
}

status_mentions() { # PATTERN
	local text
	text=$(client status)
	echo "$text"
	grep -q -i -E -- "$1" <<<"$text"
}

memory_below() { # MEGABYTES of linkstatd's resident set
	local kilobytes
	kilobytes=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$daemon_pid/status")
	echo "$kilobytes KiB"
	((kilobytes < $1 * 1024))
}

# expect_only_incidents N: when all is quiet and closed, this story has made N.
expect_only_incidents() {
	wait_until "all incidents are closed" 40 all_closed
	check "exactly $1 incident(s) in this story" jq_incidents "length == $1"
}

report_has() { # PORT JQ-FILTER: true of the port's row in the report
	ask report --json | jq -c -e --arg port "$(port_name "$1")" "
		[.ports[] | select(.name == \$port or .port == \$port)][0]
		| (. // \"no row for \" + \$port), ($2)"
}

# ---- linkstat as a service, in the systemd machine ----------------------------------------------

# Installs the build as a package would, in the writable layer of this machine.
install_linkstat() {
	meson install -C "$LAB_BUILD" --no-rebuild --quiet >"$LAB_OUT/install.log" 2>&1 ||
		give_up "meson install: $(tail -n 3 "$LAB_OUT/install.log")"
	ldconfig
	systemd-sysusers
	journalctl --update-catalog
	systemctl daemon-reload
	udevadm control --reload
	udevadm trigger --subsystem-match=usbmon # it was loaded before its rule was there
	udevadm settle
	linkstat_socket=''
}

start_service() {
	check "systemctl start linkstatd" systemctl start linkstatd.service || exit 1
	wait_until "linkstatd answers" 30 ask status --json
}

service_property() { # NAME
	systemctl show --value -p "$1" linkstatd.service
}

service_is() { # PROPERTY VALUE
	local value
	value=$(service_property "$1")
	echo "$1=$value"
	[[ $value == "$2" ]]
}

# journal_has JQ-FILTER: an entry of linkstatd for which it is true. A question that fails is no answer: it
# ends the check, also behind "not".
journal_has() {
	journalctl -u linkstatd -o json --no-pager >"$story_dir/journal" || exit
	# Not by jq -e, which answers for the last entry only.
	jq -c "select($1)" "$story_dir/journal" >"$story_dir/journal-found" || exit
	grep . "$story_dir/journal-found" && return
	echo "no entry with: $1; the messages were:"
	jq -r '"<\(.PRIORITY)> \(.MESSAGE)"' "$story_dir/journal" | tail -n 12
	return 1
}

# ---- text that a device chose -------------------------------------------------------------------

# Does standard input hold nothing but printable text and line ends?
is_clean_text() {
	local dirty
	dirty=$(LC_ALL=C grep -a -n -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' | cat -v)
	[[ -z $dirty ]] || { echo "raw control characters: $dirty" && false; }
}

output_is_clean() { # COMMAND…
	"$@" | is_clean_text
}
