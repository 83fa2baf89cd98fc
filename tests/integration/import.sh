#!/bin/sh
# import.sh LINKSTATD LINKSTAT: a real linkstatd imports real journal files, made by
# systemd-journal-remote; neither journald nor USB is needed. Exit code 77 without the tools.
set -eu
linkstatd=$1
linkstat=$2
remote=/lib/systemd/systemd-journal-remote
[ -x "$remote" ] || remote=/usr/lib/systemd/systemd-journal-remote
[ -x "$remote" ] || exit 77
command -v python3 >/dev/null || exit 77
. "$(dirname "$0")/bed.sh"

# says PYTHON COMMAND…: an expression over the JSON that a command prints, as a.
says() {
	expression=$1
	shift
	"$@" --json >"$dir/out" 2>"$dir/err" </dev/null || true
	python3 -c 'import json, sys
a = json.load(open(sys.argv[1]))
sys.exit(not eval(sys.argv[2]))' "$dir/out" "$expression" || fail "not so: $expression: $*"
	echo "ok: $expression"
}

# journal KIND: makes $dir/KIND/system.journal.
journal() {
	mkdir -p "$dir/$1"
	python3 - "$1" >"$dir/$1.export" <<'END'
import struct, sys, time

kind = sys.argv[1]
machine = "0123456789abcdef0123456789abcdef"
try:
    machine = open("/etc/machine-id").read().strip() or machine
except OSError:
    pass
if kind == "foreign":
    machine = "f" * 32
DAY = 86400.0
now = time.time()
out = sys.stdout.buffer


def field(name, value):
    data = value if isinstance(value, bytes) else str(value).encode()
    if b"\n" in data or any(c < 32 for c in data):
        out.write(name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n")
    else:
        out.write(name.encode() + b"=" + data + b"\n")


def entry(boot, began, seconds, text, lag=0.003, drift=0.0, **more):
    source = int((seconds - drift) * 1e6)
    got = seconds + lag
    field("__REALTIME_TIMESTAMP", int((began + got) * 1e6))
    field("__MONOTONIC_TIMESTAMP", int(got * 1e6))
    field("_BOOT_ID", boot)
    fields = {
        "_MACHINE_ID": machine, "_TRANSPORT": "kernel", "SYSLOG_IDENTIFIER": "kernel",
        "SYSLOG_FACILITY": "0", "PRIORITY": "6", "_SOURCE_MONOTONIC_TIMESTAMP": source,
        "MESSAGE": text,
    }
    fields.update(more)
    for name, value in fields.items():
        if value is not None:
            field(name, value)
    out.write(b"\n")


def plug(boot, began, seconds, number, **more):
    for text in (
        f"usb 1-2: new high-speed USB device number {number} using xhci_hcd",
        "usb 1-2: New USB device found, idVendor=0781, idProduct=5567, bcdDevice= 1.00",
        "usb 1-2: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
        "usb 1-2: Product: Cruzer \\ Blade",
        "usb 1-2: SerialNumber: 4C53",
    ):
        entry(boot, began, seconds, text, **more)
        seconds += 0.05


def begin(boot, began):
    # journald starts late, and reads what waits for it.
    entry(boot, began, 0.7, "xhci_hcd 0000:00:14.0: new USB bus registered, assigned bus number 1",
          lag=4)


A, B, C = "a" * 32, "b" * 32, "c" * 32
if kind in ("two", "foreign"):
    began = now - 3 * DAY
    begin(A, began)
    plug(A, began, 10, 2)
    entry(A, began, 600, "usb 1-2: USB disconnect, device number 2")
    plug(A, began, 601, 3)
    entry(A, began, 650, "x" * 70000)  # larger than any threshold
    entry(A, began, 651, b"usb 1-2: Product: \x1b[31m\nusb 1-2: USB disconnect, device number 3")
    # Not the kernel's: a program wrote it to the kernel log, a syslog daemon, another transport.
    entry(A, began, 700, "usb 1-2: USB disconnect, device number 3", SYSLOG_FACILITY="1")
    entry(A, began, 701, "usb 1-2: USB disconnect, device number 3", SYSLOG_IDENTIFIER="systemd")
    entry(A, began, 702, "usb 1-2: USB disconnect, device number 3", _TRANSPORT="syslog")
    entry(A, began, 703, None)  # an entry without a message
    entry(A, began, 900, "Missed 17 kernel messages", _TRANSPORT="driver",
          SYSLOG_IDENTIFIER="systemd-journald", MESSAGE_ID="e9bf28e6e834481bb6f48f548ad13606",
          _SOURCE_MONOTONIC_TIMESTAMP=None)
    # The clock of the kernel log drifted by eight seconds in two days.
    for i in range(20):
        entry(A, began, 2 * DAY + i, "something else", drift=8.0)
    entry(A, began, 2 * DAY + 100, "usb 1-2: reset high-speed USB device number 3 using xhci_hcd",
          drift=8.0)
    entry(A, began, 2 * DAY + 3600, "the machine lives", _TRANSPORT="stdout",
          SYSLOG_IDENTIFIER="cron", _SOURCE_MONOTONIC_TIMESTAMP=None)
    began = now - DAY / 2
    begin(B, began)
    plug(B, began, 20, 4)
    entry(B, began, 1200, "usb 1-2: USB disconnect, device number 4")
    entry(B, began, 1300, "usb 1-7: device descriptor read/64, error -71")
    entry(B, began, 1300.2, "usb 1-7: device descriptor read/64, error -71")
    entry(B, began, 1302, "usb usb1-port7: unable to enumerate USB device")
    entry(B, began, 3600, "usb 1-3: Product: the last one")
elif kind == "headless":  # the journal has forgotten how that boot began
    plug(C, now - 5 * DAY, 100, 9)
    entry(C, now - 5 * DAY, 200, "usb 1-2: USB disconnect, device number 9")
elif kind == "live":  # this boot, before linkstatd began to watch and after
    boot = open("/proc/sys/kernel/random/boot_id").read().strip().replace("-", "")
    mono = time.clock_gettime(time.CLOCK_MONOTONIC)
    began = now - mono
    first = mono * 0.1
    entry(boot, began, first, "xhci_hcd 0000:00:14.0: new USB bus registered, assigned bus number 1")
    plug(boot, began, first + 1, 2)
    entry(boot, began, mono * 0.5, "usb 1-2: USB disconnect, device number 2")
    plug(boot, began, mono * 0.5 + 0.2, 3)
    entry(boot, began, mono + 1000, "usb 1-2: USB disconnect, device number 3")
END
	"$remote" -o "$dir/$1/system.journal" "$dir/$1.export" >"$dir/log" 2>&1 || fail "no journal $1"
}

for kind in two foreign headless; do
	journal $kind
done
journal=$dir/two

expect 2 'say what to import' "$linkstat" import
expect 2 'does not take --dry-run' "$linkstat" report --dry-run
expect 2 'do not go together' "$linkstat" import --journal --file a --directory b
expect 3 'cannot reach linkstatd' "$linkstat" import --journal --directory "$journal"
start
expect 3 'cannot be read: No such file' "$linkstat" import --journal --directory "$dir/nothing"
mkdir "$dir/empty"
expect 3 'there is no journal in' "$linkstat" import --journal --directory "$dir/empty"
head -c 5000 /dev/urandom >"$dir/noise.journal"
expect 3 'is damaged, or is no journal' "$linkstat" import --journal --file "$dir/noise.journal"

# A dry run.
expect 0 'Would import 2 boots' "$linkstat" import --journal --directory "$journal" --dry-run
says 'len(a["ports"]) == 0 and a["imported"] is None' "$linkstat" report

# One of two boots, then the rest, then nothing.
expect 0 'Imported 1 boot' "$linkstat" import --journal --directory "$journal" --since -18h
says 'a["imported"]["boots"] == 1' "$linkstat" status
expect 0 '1 boot was imported before' "$linkstat" import --journal --directory "$journal"
"$linkstat" incidents --json >"$dir/before" || true
expect 0 'Nothing new: all of it was imported before' "$linkstat" import --journal \
	--file "$journal/system.journal"
says '[b["state"] for b in a["boots"]] == ["known", "known"]' "$linkstat" import --journal \
	--directory "$journal"
"$linkstat" incidents --json >"$dir/after" || true
cmp "$dir/before" "$dir/after" || fail 'a second import changed something'

# The result: a drop, a reset, an unplug, and a port that could not enumerate.
says '[i["cause"] for i in a["incidents"]] == ["link-loss", "host-reset", "unplugged", "enumeration-failed"]' \
	"$linkstat" incidents
says 'a["incidents"][0]["device"]["product"] == "Cruzer \\x5c Blade" or a["incidents"][0]["device"]["product"] == "Cruzer \\ Blade"' \
	"$linkstat" incidents
says 'a["incidents"][0]["port"] == "pci-0000:00:14.0-usb-0:2"' "$linkstat" incidents
says '[p["drops"] for p in a["ports"] if p["name"] == "1-2"] == [1]' "$linkstat" report
# Exposure: 2 days and an hour of the first boot, less than a second of it away, and 20 minutes.
says 'abs(a["ports"][0]["connected_seconds"] - (2 * 86400 + 3600 - 10 - 1 + 1180)) < 3' \
	"$linkstat" report 1-2
expect 1 '2 boots were imported from the journal, from' "$linkstat" report
expect 1 'transfers of that time are not known' "$linkstat" report
expect 1 '2 boots were imported from the journal' "$linkstat" status
says 'any(g["lost"] == 17 for g in a["gaps"])' "$linkstat" report
says 'all(e["at"] <= f["at"] for e, f in zip(a["events"], a["events"][1:]))' "$linkstat" log
# The reset has the time of the journal, not eight seconds earlier.
python3 - "$dir" <<'END' || fail "the drift of the kernel's clock is not seen"
import datetime, json, sys
export = open(sys.argv[1] + "/two.export", "rb").read().decode("utf-8", "replace").split("\n\n")
entry = [e for e in export if "reset high-speed" in e][0]
want = int([l for l in entry.split("\n") if l.startswith("__REALTIME")][0].split("=")[1]) / 1e6
shown = json.load(open(sys.argv[1] + "/after"))["incidents"][1]["opened_at"]
got = datetime.datetime.fromisoformat(shown.replace("Z", "+00:00")).timestamp()
sys.exit(abs(got - want) > 0.5)
END

# A boot of another computer, and one without its beginning.
expect 0 '2 boots are of another computer' "$linkstat" import --journal --directory "$dir/foreign"
expect 0 'so that nobody knows which ports they speak of' "$linkstat" import --journal \
	--directory "$dir/headless"

# This boot: only what was before linkstatd.
journal live
expect 0 'left out' "$linkstat" import --journal --directory "$dir/live"
says 'sum(i["drop"] for i in a["incidents"]) == 3' "$linkstat" incidents
says 'a["imported"]["boots"] == 4' "$linkstat" report

# After a restart everything is there, once.
"$linkstat" incidents --json >"$dir/before" || true
stop
start
"$linkstat" incidents --json >"$dir/after" || true
cmp "$dir/before" "$dir/after" || fail 'a restart changed something'
expect 0 'Nothing new' "$linkstat" import --journal --directory "$journal"
stop
! grep -E 'ERROR: |runtime error' "$dir/log" || fail 'linkstatd'
echo 'ok: all'
