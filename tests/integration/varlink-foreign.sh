#!/bin/sh
# varlink-foreign.sh LINKSTATD INTERFACE: clients that are not ours talk to a linkstatd of their own.
# Needs varlinkctl (Debian package systemd, 257 or later) or python3-varlink; exit code 77 without.
# VARLINKCTL and VARLINK_PYTHON name others than those on the path.
set -eu
linkstatd=$1
interface=$2
varlinkctl=${VARLINKCTL:-varlinkctl}
python=${VARLINK_PYTHON:-python3}
dir=$(mktemp -d)
daemon=
ran=0

finish() {
	[ -z "$daemon" ] || kill "$daemon" 2>"$dir/kill" || true
	[ -z "$daemon" ] || wait "$daemon" || true
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

# expect TEXT COMMAND…: the command says TEXT, whether it calls that a failure or not.
expect() {
	want=$1
	shift
	"$@" >"$dir/out" 2>&1 || true
	if grep -qF -- "$want" "$dir/out"; then
		echo "ok: $*"
		return
	fi
	echo "FAILED: $*: no \"$want\" in:" >&2
	cat "$dir/out" >&2
	exit 1
}

# Ends a command that watches without end when it has said that it does.
until_ready() {
	"$@" >"$dir/watch" 2>&1 &
	for _ in $(seq 3000); do
		! grep -q ready "$dir/watch" || break
		sleep 0.1
	done
	kill "$!"
	cat "$dir/watch"
}

"$linkstatd" --state "$dir" --socket "$dir/socket" 2>"$dir/log" &
daemon=$!
for _ in $(seq 3000); do
	[ ! -S "$dir/socket" ] || break
	sleep 0.1
done
[ -S "$dir/socket" ] || {
	cat "$dir/log" >&2
	exit 1
}

if "$varlinkctl" --version >"$dir/out" 2>&1; then
	ran=1
	at=unix:$dir/socket
	expect io.linkstat "$varlinkctl" info "$at"
	expect 'method ListEvents(' "$varlinkctl" introspect "$at" io.linkstat
	expect 'method GetInfo(' "$varlinkctl" introspect "$at" org.varlink.service
	expect 'interface io.linkstat' "$varlinkctl" validate-idl "$interface"
	expect '"watching_since":"' "$varlinkctl" call --json=short "$at" io.linkstat.Status '{}'
	expect '"ports":[' "$varlinkctl" call --json=short "$at" io.linkstat.Report '{}'
	expect '"events":[' "$varlinkctl" call --json=short --more "$at" io.linkstat.ListEvents '{}'
	expect io.linkstat.NoSuchIncident "$varlinkctl" call "$at" io.linkstat.GetIncident '{"id":0}'
	expect ExpectedMore "$varlinkctl" call "$at" io.linkstat.Watch '{}'
	expect '{"ready":true}' until_ready "$varlinkctl" call --json=short --more "$at" \
		io.linkstat.Watch '{}'
fi
if "$python" -c 'import varlink' 2>"$dir/out"; then
	ran=1
	at=unix:$dir/socket
	expect io.linkstat "$python" -m varlink.cli info "$at"
	expect 'method ListEvents(' "$python" -m varlink.cli help "$at/io.linkstat"
	expect '"watching_since": "' "$python" -m varlink.cli call "$at/io.linkstat.Status" '{}'
	expect '"events": [' "$python" -m varlink.cli call -m "$at/io.linkstat.ListEvents" '{}'
	expect NoSuchIncident "$python" -m varlink.cli call "$at/io.linkstat.GetIncident" '{"id":0}'
fi
if [ "$ran" = 0 ]; then
	echo "skipped: neither varlinkctl nor python3-varlink is installed"
	exit 77
fi
