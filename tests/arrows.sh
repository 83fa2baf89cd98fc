#!/bin/sh
# Fails when an include goes against the arrows of the rooms, a foreign header leaves its owner, a
# header does not compile alone, or a comment is of the debugging kind. Usage: arrows.sh [COMPILER ARGUMENT…]
set -u
cd "$(dirname "$0")/.." || exit 2
[ $# -gt 0 ] || set -- cc
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
deny lib '<(event2?/|event\.h|sqlite3|libudev|libusb|systemd|libsmartcols|pcap|fcntl|unistd|sys/)' \
	'lib/ does no I/O and reads no clock'
deny "$(find lib -name '*.[ch]' ! -path lib/base/time.c)" '<time\.h' \
	'in lib/ only base/time.c knows the calendar'
found=$(grep -nwE '(time|clock|clock_gettime|gettimeofday|localtime|localtime_r|mktime)\(' lib/base/time.c)
[ -z "$found" ] || complain "lib/base/time.c reads neither a clock nor the zone of the computer:
$found"
deny daemon '"(cli|tests)/' 'daemon/ and cli/ never include each other'
deny cli '"(daemon|tests)/' 'daemon/ and cli/ never include each other'

# Sources include neither sinks nor each other.
deny daemon/sources \
	'"daemon/(store|server|alert|pipeline)' 'a source knows its sink as a function only'
for name in kmsg libusb udev usbmon; do
	others=$(grep -nE '#include "daemon/sources/(kmsg|libusb|udev|usbmon)\.h"' daemon/sources/$name.c |
		grep -v "/$name\.h\"")
	[ -z "$others" ] || complain "daemon/sources/$name.c includes another source: $others"
done
deny 'daemon/store daemon/server/server.c daemon/server/varlink.c daemon/alert.c' \
	'"daemon/sources/(kmsg|libusb|udev|usbmon)\.h' 'sinks and sources do not know each other'

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
own 'jansson\.h' lib/wire/wire.h
own 'ini\.h' lib/families/ini.c
own 'csv\.h' lib/wire/session_table.c lib/wire/session_write.c
own 'sqlite3\.h' daemon/store/db.h
own 'libudev\.h' daemon/sources/udev.c daemon/sources/udev_events.c daemon/sources/sysfs.c daemon/sources/sysfs.h
own 'libusb.*' daemon/sources/libusb.c
own 'systemd/sd-journal\.h' daemon/alert.c cli/offline/journal.c
own 'systemd/sd-id128\.h' cli/offline/journal.c cli/offline/journal_places.c cli/base/redact.c daemon/base/host.c
own 'systemd/sd-bus\.h' cli/base/logind.c daemon/sources/host_sleep.c
own 'pty\.h' cli/commands/child.c
own 'pcap/.*' cli/offline/capture.c
own 'archive.*\.h' cli/offline/input.c
own 'lzma\.h' cli/offline/compressed.c
own 'zlib\.h' cli/offline/compressed.c
own 'libsmartcols.*' cli/print/render.c cli/print/render.h cli/print/tree.c

for header in $(find lib daemon cli tests/unit -name '*.h'); do
	out=$(echo "#include \"$header\"" |
		"$@" -std=gnu17 -D_GNU_SOURCE -DLINKSTAT_VERSION='"0"' -I. -fsyntax-only -xc - 2>&1) ||
		complain "$header does not compile alone: $out"
done

found=$(grep -nE '^[[:space:]]*//|[;{}][[:space:]]*//' -r --include='*.[ch]' lib daemon cli)
[ -z "$found" ] || complain "// is for debugging: $found"

exit $failed
