#!/bin/sh
# Holds the layers of the tree: who may include whom, that nothing includes in a circle, who owns a
# foreign header, that every header compiles alone. Prints what is wrong and fails.
# Usage: arrows.sh [--tree DIR] [COMPILER ARGUMENT…]
set -u
tree=$(dirname "$0")/..
if [ "${1-}" = --tree ]; then
	tree=$2
	shift 2
fi
cd "$tree" || exit 2
[ $# -gt 0 ] || set -- cc
failed=0

# FOLDER: the folders it may include, beside itself. A room's name stands for all folders in it, and
# a file at the top of a room is a folder of its own. What is not here must not be included.
table='
lib/base:
lib/usbmon:       lib/base
lib/attribution:  lib/base
lib/model:        lib/base lib/usbmon
lib/observe:      lib/base lib/usbmon lib/model
lib/families:     lib/base lib/model
lib/explain:      lib/base lib/usbmon lib/model lib/observe
lib/engine:       lib/base lib/usbmon lib/model lib/families
lib/logs:         lib/base lib/model lib/observe
lib/wire:         lib/base lib/usbmon lib/model lib/engine lib/attribution

daemon/base:      lib
daemon/sources:   lib daemon/base
daemon/store:     lib daemon/base
daemon/server:    lib daemon/base daemon/sources daemon/store
daemon/alert:     lib
daemon/pipeline:  lib daemon/base daemon/store daemon/server daemon/alert
daemon/options:   lib daemon/base daemon/store
daemon/main:      lib daemon

cli/base:         lib
cli/print:        lib cli/base
cli/ask:          lib cli/base cli/print
cli/offline:      lib cli/base cli/print
cli/commands:     lib cli/base cli/print cli/ask cli/offline
cli/check:        lib cli/base cli/print cli/ask cli/offline
cli/explain:      lib cli/base cli/print
cli/diagnose:     lib cli/base cli/print cli/ask cli/offline
cli/analyze:      lib cli/base cli/print cli/ask cli/offline
cli/report:       lib cli/base cli/print cli/ask cli/offline cli/diagnose
cli/options:      lib cli/base cli/print
cli/main:         lib cli
'

complain() {
	echo "$1"
	failed=1
}

# includes: "FILE INCLUDED", one line each, of our own headers.
includes() {
	grep -rE --include='*.c' --include='*.h' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' lib daemon cli |
		sed -E 's/^([^:]*):[^"]*"([^"]*)".*/\1 \2/'
}

# ---- the table ----------------------------------------------------------------------------------

against_table() {
	includes | TABLE=$table awk '
		function folder(path) {
			if (path ~ /^[^\/]*\/[^\/]*$/)
				sub(/\.[ch]$/, "", path)
			else
				sub(/\/[^\/]*$/, "", path)
			return path
		}
		BEGIN {
			n = split(ENVIRON["TABLE"], lines, "\n")
			for (i = 1; i <= n; i++) {
				if (split(lines[i], words, /[: ]+/) == 0 || words[1] == "")
					continue
				known[words[1]] = 1
				for (j = 2; j in words; j++)
					allowed[words[1], words[j]] = 1
			}
		}
		{
			from = folder($1)
			to = folder($2)
			room = to
			sub(/\/.*/, "", room)
			if (from == to || (from, to) in allowed || (from, room) in allowed)
				next
			if (from in known)
				print $1 " includes " $2 ": " from " may not include " to
			else
				print $1 " is in no folder of the table (" from ")"
		}'
}

found=$(against_table)
[ -z "$found" ] || complain "Against the table of tests/arrows.sh:
$found"

# ---- circles ------------------------------------------------------------------------------------

# A file and its header are one module. tsort knows no order for what includes in a circle.
circles() {
	includes | sed -E 's/\.[ch]( |$)/\1/g' | awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null |
		sed -n 's/^tsort: \([^-].*\)/\1/p'
}

found=$(circles)
[ -z "$found" ] || complain "These include each other in a circle:
$found"

# ---- foreign headers ----------------------------------------------------------------------------

# deny WHERE REGEX WHY: no #include in WHERE may match.
deny() {
	found=$(grep -rnE --include='*.c' --include='*.h' "^[[:space:]]*#[[:space:]]*include[[:space:]]*$2" $1)
	[ -z "$found" ] || complain "$3:
$found"
}

deny lib '<(event2?/|event\.h|sqlite3|libudev|libusb|systemd|libsmartcols|fcntl|unistd|sys/)' \
	'lib/ does no I/O'
found=$(grep -rnwE --include='*.c' '(time|clock|clock_gettime|gettimeofday|localtime|localtime_r|mktime)\(' lib/base)
[ -z "$found" ] || complain "lib/ reads neither a clock nor the zone of the computer:
$found"

# own HEADER FILE…: only these files, or rooms, may include it (tests excepted).
own() {
	header=$1
	shift
	for file in $(grep -rlE --include='*.c' --include='*.h' "#include <$header>" lib daemon cli); do
		case " $* " in
		*" $file "* | *" ${file%%/*} "*) ;;
		*) complain "$file includes <$header>, which belongs to: $*" ;;
		esac
	done
}
own 'time\.h' lib/base/time.c daemon cli
own 'jansson\.h' lib/wire/wire.h
own 'ini\.h' lib/families/ini.c lib/explain/read.c
own 'csv\.h' lib/wire/session_table.c lib/wire/session_write.c
own 'sqlite3\.h' daemon/store/db.h
own 'libudev\.h' daemon/sources/udev.c daemon/sources/udev_events.c daemon/sources/sysfs.c daemon/sources/sysfs.h
own 'libusb.*' daemon/sources/libusb.c
own 'systemd/sd-journal\.h' daemon/alert.c cli/base/systemd_library.h
own 'systemd/sd-id128\.h' cli/base/systemd_library.h daemon/base/host.c
own 'systemd/sd-bus\.h' cli/base/systemd_library.h daemon/sources/host_sleep.c
own 'pty\.h' cli/commands/child.c
own 'archive.*\.h' cli/offline/archive_library.h
own 'dlfcn\.h' cli/base/library.c
own 'lzma\.h' cli/offline/compressed.c
own 'zlib\.h' cli/offline/compressed.c
own 'libsmartcols.*' cli/print/render.c cli/print/render.h cli/print/tree.c

# ---- headers and comments -----------------------------------------------------------------------

for header in $(find lib daemon cli tests -name '*.h'); do
	out=$(echo "#include \"$header\"" |
		"$@" -std=gnu17 -D_GNU_SOURCE -DLINKSTAT_VERSION='"0"' -I. -fsyntax-only -xc - 2>&1) ||
		complain "$header does not compile alone: $out"
done

found=$(grep -nE '^[[:space:]]*//|[;{}][[:space:]]*//' -r --include='*.[ch]' lib daemon cli)
[ -z "$found" ] || complain "// is for debugging: $found"

exit $failed
