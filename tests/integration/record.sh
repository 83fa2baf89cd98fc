#!/bin/sh
# record.sh LINKSTATD LINKSTAT REPLAY GOLDEN: a recording of a running linkstatd, as a person makes it.
set -eu
linkstatd=$1
linkstat=$2
replay=$3
golden=$4
. "$(dirname "$0")/bed.sh"

# A try that fails leaves nothing that blocks the next one.
expect 3 'cannot reach linkstatd' "$linkstat" record "$dir/usb.jsonl"
[ ! -e "$dir/usb.jsonl" ] || fail 'a file without a recording'
expect 2 'Usage' "$linkstat" record
start

# record OPTION…: until Ctrl-C, which is sent when the beginning is on the disk.
record() {
	"$linkstat" record "$@" "$dir/usb.jsonl" >"$dir/out" 2>"$dir/err" &
	job=$!
	wait_for grep -q '"source-[a-z]*"' "$dir/usb.jsonl"
	kill -INT "$job"
	code=0
	wait "$job" || code=$?
	[ "$code" = 0 ] || fail "exit code $code instead of 0: record $*"
	tail -n 1 "$dir/err"
}

record
grep -q 'observations in .*/usb.jsonl. It holds serial numbers' "$dir/err" || fail 'no word about what it holds'
"$replay" "$dir/usb.jsonl" >"$dir/out" || fail 'it cannot be replayed'
expect 0 'usb.jsonl' "$linkstat" analyze "$dir/usb.jsonl"
expect 1 'link lost' "$linkstat" analyze "$golden/link-loss.jsonl"
gzip -c "$golden/link-loss.jsonl" >"$dir/packed"
expect 1 'link lost' "$linkstat" analyze "$dir/packed"
[ "$(stat -c %a "$dir/usb.jsonl")" = 600 ] || fail 'others may read it'
expect 2 'exists. Choose another name' "$linkstat" record "$dir/usb.jsonl"
rm "$dir/usb.jsonl"
ln -s "$dir/elsewhere" "$dir/usb.jsonl"
expect 2 'exists. Choose another name' "$linkstat" record "$dir/usb.jsonl"
[ ! -e "$dir/elsewhere" ] || fail 'it followed a link'
rm "$dir/usb.jsonl"
record --redact
! grep -q 'serial numbers' "$dir/err" || fail 'a redacted recording holds serial numbers'
rm "$dir/usb.jsonl"
"$linkstat" jobs --json >"$dir/out" || fail 'linkstatd did not go on'

# Under sudo the file is of who asked; members of the asking group may not record.
if [ "$(id -u)" = 0 ] && command -v setpriv >"$dir/wait"; then
	export SUDO_UID=65534 SUDO_GID=65533
	record
	[ "$(stat -c '%u %g' "$dir/usb.jsonl")" = '65534 65533' ] || fail 'the file is still of root'
	unset SUDO_UID SUDO_GID
	chmod 777 "$dir" && chgrp 65533 "$dir/socket"
	expect 3 'recording is for root' setpriv --reuid 65534 --regid 65534 --groups 65533 \
		"$linkstat" record "$dir/mine.jsonl"
	[ ! -e "$dir/mine.jsonl" ] || fail 'a file without a recording'
fi
