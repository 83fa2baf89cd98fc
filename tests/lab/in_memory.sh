# For stories across a sleep of the machine, whose shares do not survive it. A story sources this file before
# story.sh; it then runs in memory, prints its recording as lines that begin with "recording: ", ends the machine
# itself, and is not among those of all-plain.sh.
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
	IN_MEMORY=yes LAB_OUT=/out LAB_TOOLS=$LAB_BUILD exec chroot "$ram" bash -c '
		bash "$0"
		code=$?
		sed "s/^/recording: /" /out/*.1.jsonl
		echo "exit $code" >/dev/lab/status
		sleep 1
		echo o >/proc/sysrq-trigger
		sleep 60' "$LAB_TREE/tests/lab/scenarios/$(basename "$0")"
fi
