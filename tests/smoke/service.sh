#!/bin/bash
# service.sh SERVICE SOURCES: what the unit allows itself, and that who may ask linkstatd may not read usbmon.
set -euo pipefail
service=$1 sources=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

setting() { # FILE NAME
	sed -n "s/^$2=//p" "$1"
}

asks=$(setting "$sources/linkstatd.socket" SocketGroup)
reads=$(sed -n 's/.*KERNEL=="usbmon0".*GROUP="\([^"]*\)".*/\1/p' "$sources/60-linkstat.rules")
[[ -n $asks && -n $reads ]] || fail "no group of the socket, or of usbmon0"
[[ $asks != "$reads" ]] || fail "who may ask (\"$asks\") may read the traffic of all devices"
[[ " $(setting "$service" Group) $(setting "$service" SupplementaryGroups) " == *" $reads "* ]] ||
	fail "the service is not in \"$reads\", which owns usbmon0"
[[ -z $(setting "$service" RuntimeDirectory) ]] || fail "the service takes the socket's directory, and its group"
echo "ok: \"$asks\" asks, the service alone has \"$reads\""

# A system from before, in which a person may ask.
mkdir -p "$dir/etc" "$dir/usr/lib/sysusers.d"
cp "$sources/linkstat.sysusers" "$dir/usr/lib/sysusers.d/linkstat.conf"
printf 'root:x:0:0:root:/root:/bin/sh\nlinkstat:x:990:990::/var/lib/linkstat:/usr/sbin/nologin\n' >"$dir/etc/passwd"
printf 'root:x:0:\nlinkstat:x:990:ann\n' >"$dir/etc/group"
systemd-sysusers --root="$dir" >"$dir/log" 2>&1 || fail "systemd-sysusers: $(<"$dir/log")"
grep -q '^linkstat:x:990:ann$' "$dir/etc/group" || fail "who may ask changed: $(<"$dir/etc/group")"
grep -qE "^$reads:x:[0-9]+:\$" "$dir/etc/group" || fail "\"$reads\" is missing or has members: $(<"$dir/etc/group")"
echo "ok: an installation from before gets \"$reads\", without members"

systemd-analyze security --offline=true --threshold=12 --no-pager "$service" >"$dir/log" 2>&1 ||
	fail "exposure above 1.2: $(tail -n 1 "$dir/log")"
tail -n 1 "$dir/log"
[[ -z $(setting "$service" AmbientCapabilities)$(setting "$service" CapabilityBoundingSet) ]] ||
	fail "the service has capabilities"
grep -qx 'CapabilityBoundingSet=' "$service" || fail "the service may get capabilities"
echo "ok: no capability"
