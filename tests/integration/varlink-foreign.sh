#!/bin/sh
# varlink-foreign.sh LINKSTATD INTERFACE: other varlink clients call a linkstatd.
# Needs varlinkctl (Debian package systemd, 257 or later) or python3-varlink; exit code 77 without.
# VARLINKCTL and VARLINK_PYTHON override the programs found in PATH.
set -eu
linkstatd=$1
interface=$2
varlinkctl=${VARLINKCTL:-varlinkctl}
python=${VARLINK_PYTHON:-python3}
ran=0
. "$(dirname "$0")/bed.sh"

# Runs a command that never ends; kills it as soon as it has printed "ready".
until_ready() {
	"$@" >"$dir/watch" 2>&1 &
	for _ in $(seq 3000); do
		! grep -q ready "$dir/watch" || break
		sleep 0.1
	done
	kill "$!"
	cat "$dir/watch"
}

start
if "$varlinkctl" --version >"$dir/out" 2>&1; then
	ran=1
	at=unix:$dir/socket
	expect_text io.linkstat "$varlinkctl" info "$at"
	expect_text 'method ListEvents(' "$varlinkctl" introspect "$at" io.linkstat
	expect_text 'method GetInfo(' "$varlinkctl" introspect "$at" org.varlink.service
	expect_text 'interface io.linkstat' "$varlinkctl" validate-idl "$interface"
	expect_text '"watching_since":"' "$varlinkctl" call --json=short "$at" io.linkstat.Status '{}'
	expect_text '"ports":[' "$varlinkctl" call --json=short "$at" io.linkstat.Report '{}'
	expect_text '"events":[' "$varlinkctl" call --json=short --more "$at" io.linkstat.ListEvents '{}'
	expect_text io.linkstat.NoSuchIncident "$varlinkctl" call "$at" io.linkstat.GetIncident '{"id":0}'
	expect_text ExpectedMore "$varlinkctl" call "$at" io.linkstat.Watch '{}'
	expect_text '{"ready":true}' until_ready "$varlinkctl" call --json=short --more "$at" \
		io.linkstat.Watch '{}'
fi
if "$python" -c 'import varlink' 2>"$dir/out"; then
	ran=1
	at=unix:$dir/socket
	expect_text io.linkstat "$python" -m varlink.cli info "$at"
	expect_text 'method ListEvents(' "$python" -m varlink.cli help "$at/io.linkstat"
	expect_text '"watching_since": "' "$python" -m varlink.cli call "$at/io.linkstat.Status" '{}'
	expect_text '"events": [' "$python" -m varlink.cli call -m "$at/io.linkstat.ListEvents" '{}'
	expect_text NoSuchIncident "$python" -m varlink.cli call "$at/io.linkstat.GetIncident" '{"id":0}'
fi
if [ "$ran" = 0 ]; then
	echo "skipped: neither varlinkctl nor python3-varlink is installed"
	exit 77
fi
