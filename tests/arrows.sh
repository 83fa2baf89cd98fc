#!/bin/sh
# Fails when an include goes against the arrows of the rooms, a foreign header leaves its owner, a
# header does not compile alone, or a comment is of the debugging kind. Usage: arrows.sh [CC]
set -u
cd "$(dirname "$0")/.." || exit 2
cc=${1:-cc}
failed=0

complain() {
	echo "$1"
	failed=1
}

# deny WHERE REGEX WHY: no #include in WHERE may match.
deny() {
	found=$(grep -rnE --include='*.c' --include='*.h' "^[[:space:]]*#[[:space:]]*include[[:space:]]*$2" $1)
	[ -z "$found" ] || complain "$3:
$found"
}

deny lib '"(daemon|cli|tests)/' 'lib/ is the pure core and includes no other room'
deny lib '<(event2?/|event\.h|sqlite3|libudev|libusb|systemd|libsmartcols|pcap|time\.h|fcntl|unistd|sys/)' \
	'lib/ does no I/O and reads no clock'
deny daemon '"(cli|tests)/' 'daemon/ and cli/ never include each other'
deny cli '"(daemon|tests)/' 'daemon/ and cli/ never include each other'

# Sources include neither sinks nor each other.
deny 'daemon/source_*.c' '"daemon/(store|server|alert|pipeline|varlink|methods)' \
	'a source knows its sink as a function only'
for file in daemon/source_*.c; do
	self=$(basename "$file" .c)
	others=$(grep -nE '#include "daemon/source_' "$file" | grep -v "\"daemon/$self\.h\"")
	[ -z "$others" ] || complain "$file includes another source: $others"
done
deny 'daemon/store*.c daemon/server.c daemon/varlink.c daemon/alert.c' '"daemon/source' \
	'sinks and sources do not know each other'

# own HEADER FILE…: only these may include it (tests excepted).
own() {
	header=$1
	shift
	for file in $(grep -rlE --include='*.c' --include='*.h' "#include <$header>" lib daemon cli); do
		case " $* " in
		*" $file "*) ;;
		*) complain "$file includes <$header>, which belongs to: $*" ;;
		esac
	done
}
own 'jansson\.h' lib/wire.h
own 'ini\.h' lib/families_ini.c
own 'csv\.h' lib/session_table.c lib/session_write.c
own 'sqlite3\.h' daemon/store_internal.h
own 'libudev\.h' daemon/source_udev.c daemon/udev_events.c daemon/sysfs.c daemon/sysfs.h
own 'libusb.*' daemon/source_libusb.c
own 'systemd/sd-journal\.h' daemon/alert_entry.c cli/journal.c
own 'systemd/sd-id128\.h' cli/journal.c cli/journal_places.c cli/redact.c daemon/host.c
own 'systemd/sd-bus\.h' cli/inhibit.c cli/logind.c daemon/host_sleep.c
own 'pty\.h' cli/command.c
own 'pcap/.*' cli/capture.c
own 'lzma\.h' cli/compressed.c
own 'zlib\.h' cli/compressed.c
own 'zstd\.h' cli/compressed.c
own 'libsmartcols.*' cli/render.c cli/render.h cli/tree.c

for header in lib/*.h daemon/*.h cli/*.h tests/unit/*.h; do
	[ -f "$header" ] || continue
	out=$(echo "#include \"$header\"" |
		"$cc" -std=gnu17 -D_GNU_SOURCE -DLINKSTAT_VERSION='"0"' -I. -fsyntax-only -xc - 2>&1) ||
		complain "$header does not compile alone: $out"
done

found=$(grep -nE '^[[:space:]]*//|[;{}][[:space:]]*//' lib/*.[ch] daemon/*.[ch] cli/*.[ch])
[ -z "$found" ] || complain "// is for debugging: $found"

exit $failed
