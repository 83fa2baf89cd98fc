#!/bin/bash
# The shares of this machine do not survive its sleep: the story runs in memory, is not among those of
# all-plain.sh, prints its recording as lines that begin with "recording: ", and ends the machine itself.
programs=(awk base64 bash basename busybox cat chmod cp date dmesg env find grep head jq ls mkdir mktemp readlink rm
	sed sleep sort tail timeout tr udevadm wc)
ram=/run/ram

# The program FILE and what it is linked to, at the same places below $ram.
copy_program() {
	local file
	for file in "$1" $(ldd "$1" 2>/dev/null | grep -o '/[^ ]*'); do
		mkdir -p "$ram${file%/*}"
		cp -L "$file" "$ram$file"
	done
}

move_to_memory() {
	local name
	mkdir -p "$ram"/{proc,sys,dev,run,tmp,out,usr/{bin,sbin,lib,lib64},etc/udev}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$ram/$name"
	done
	for name in "${programs[@]}"; do
		copy_program "$(command -v "$name")"
	done
	copy_program /lib/systemd/systemd-udevd
	for name in daemon/linkstatd cli/linkstat tests/lab/vdev tests/lab/load; do
		copy_program "$LAB_BUILD/$name"
	done
	cp -r --parents /usr/lib/udev/rules.d /usr/lib/locale/C.utf8 /etc/passwd /etc/group "$LAB_TREE/tests/lab" "$ram"
	for name in proc sys dev run; do
		mount --rbind "/$name" "$ram/$name"
	done
	udevadm control --exit
	chroot "$ram" /lib/systemd/systemd-udevd --daemon
}

if [[ -z ${IN_MEMORY-} ]]; then
	move_to_memory
	# shellcheck disable=SC2016 # expanded in there
	IN_MEMORY=yes LAB_OUT=/out exec chroot "$ram" bash -c '
		bash "$0"
		code=$?
		sed "s/^/recording: /" /out/suspend.1.jsonl
		echo "exit $code" >/dev/lab/status
		sleep 1
		echo o >/proc/sysrq-trigger
		sleep 60' "$LAB_TREE/tests/lab/scenarios/suspend.sh"
fi

. "$LAB_TREE/tests/lab/story.sh"
story "The computer sleeps and wakes up"
start_linkstatd

plug_qemu tablet usb-tablet 4
plug_disk
pause 3
echo devices >/sys/power/pm_test
log_step "the computer is suspended, and woken 5 s later"
check "the computer slept" eval 'echo mem >/sys/power/state'
check_soon "the kernel logs it" 20 kernel_logged 'PM: suspend exit'
pause 5
check "linkstatd still answers" client status --json
check "no drop" jq_incidents 'all(.[]; .drop | not)'
wait_until "all incidents are closed" 40 all_closed
check "no cause other than the suspend" jq_incidents 'all(.[]; .cause == "suspend")'
check "the log contains it" eval 'client log | grep -i sleep'
