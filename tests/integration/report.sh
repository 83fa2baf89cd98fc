#!/bin/sh
# report.sh LINKSTATD LINKSTAT SOURCES: the report of a history with hostile texts in
# it, as text, JSON and HTML. Needs python3; exit code 77 without.
set -eu
linkstatd=$1
linkstat=$2
sources=$3
. "$(dirname "$0")/bed.sh"

python3 - "$sources/tests/golden/store/version-1.sql" "$dir/linkstat.db" <<'EOF' || exit 77
import sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA journal_mode = WAL")
db.executescript(open(sys.argv[1]).read())
bad = "<script>alert(\"x\")</script>' & \u202egpj \x1b[2J"
db.execute("UPDATE descriptions SET product = ?, manufacturer = ?", (bad, bad))
db.execute("UPDATE devices SET serial = 'F2LW9XABCD12'")
db.execute("UPDATE incidents SET why = ?", (bad + " F2LW9XABCD12",))
db.execute("UPDATE evidence SET what = ?", (bad + " SerialNumber: F2LW9XABCD12",))
db.execute("UPDATE ports SET label = ? WHERE label IS NOT NULL", ("<b>" + bad,))
db.commit()
EOF
start

expect 1 'GRADE' "$linkstat" report
expect 1 '12-MIN JOB' "$linkstat" report --for 12min
expect 1 '"job_seconds":720.0' "$linkstat" report --for 12min --json
expect 1 '"grade":"' "$linkstat" report --json
expect 1 'not labelled' "$linkstat" report --by cable
expect 1 '"by":"device","rows":[{"name":' "$linkstat" report --by device --json
expect 1 '"by":"hub"' "$linkstat" report --by hub --json
expect 1 'COMPUTER' "$linkstat" report --by host
expect 1 'SOCKET' "$linkstat" report --by port
expect 2 'it is cable, device, hub, host or port' "$linkstat" report --by colour
expect 2 'does not take --by' "$linkstat" log --by cable
expect 3 'No such file or directory' "$linkstat" report --html "$dir/none/page.html"
expect 3 'Is a directory' "$linkstat" report --html "$dir"

# A serial number that a person typed, which no reply about jobs has as that of a device.
"$linkstat" run --note 'the phone F2LW9XABCD12' -- true F2LW9XABCD12 2>"$dir/err" || fail 'a job'
"$linkstat" name 1-2 'of F2LW9XABCD12' >"$dir/out" || fail 'a name'

# No serial number in anything, and what stands for it in everything that had one.
for command in 'report' 'report --by device' 'report --by cable' 'report --html -' 'incidents' 'log' \
	'show 1' 'diagnose' 'jobs'; do
	for json in '' --json; do
		got=0
		# shellcheck disable=SC2086
		"$linkstat" $command $json --redact --since 2000-01-01 >"$dir/out" 2>"$dir/err" || got=$?
		[ "$got" -le 2 ] || fail "exit code $got: $command $json"
		[ "$got" -le 1 ] || "$linkstat" $command $json --redact >"$dir/out" 2>"$dir/err" || true
		! grep -qi F2LW9XABCD12 "$dir/out" "$dir/err" || fail "a serial number: $command $json"
	done
done
expect 1 'id-' "$linkstat" report --by device --redact
"$linkstat" name --redact >"$dir/out" || fail 'names'
! grep -q F2LW9XABCD12 "$dir/out" || fail 'a serial number: name'
"$linkstat" report --since 2000-01-01 --html - --redact >"$dir/out" || [ $? = 1 ] || fail 'the page'
! grep -qF "$(hostname)" "$dir/out" || fail 'the name of this computer is in the page'
echo 'ok: --redact'

# The page: whole, well-formed, without a script or anything from elsewhere.
umask 022
"$linkstat" report --since 2000-01-01 --html "$dir/page.html" || [ $? = 1 ] || fail 'the page'
[ "$(stat -c %a "$dir/page.html")" = 644 ] || fail 'mode of the page'
[ "$(find "$dir" -name 'page.html.*' | wc -l)" = 0 ] || fail 'something is left beside the page'
ln -s page.html "$dir/link.html"
"$linkstat" report --html "$dir/link.html" || [ $? = 1 ] || fail 'the page through a link'
[ -L "$dir/link.html" ] || fail 'the link was replaced'
chmod 600 "$dir/page.html"
"$linkstat" report --html "$dir/page.html" || [ $? = 1 ] || fail 'the page again'
[ "$(stat -c %a "$dir/page.html")" = 600 ] || fail 'who may read the page changed'
chmod 644 "$dir/page.html"

# What a stranger points to is not replaced, by root in /tmp least of all.
if [ "$(id -u)" = 0 ] && command -v setpriv >"$dir/wait"; then
	mkdir -m 1777 "$dir/shared"
	echo precious >"$dir/precious"
	chmod 600 "$dir/precious"
	chmod 755 "$dir"
	setpriv --reuid 65534 --regid 65534 --clear-groups ln -s ../precious "$dir/shared/page.html"
	expect 3 'it is a link of another user' "$linkstat" report --html "$dir/shared/page.html"
	[ "$(cat "$dir/precious")" = precious ] || fail 'a file was replaced through the link of a stranger'
	[ "$(stat -c %a "$dir/precious")" = 600 ] || fail 'its mode was changed'
fi
expect 1 '<!doctype html>' "$linkstat" report --since 2000-01-01 --html -
python3 - "$dir/out" <<'EOF' || fail 'the page is not well-formed'
import html.parser, sys
VOID = {"meta", "link", "br", "img", "hr", "input"}
text = open(sys.argv[1], encoding="utf-8", newline="").read()

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], {}, ""
    def handle_starttag(self, tag, attributes):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), self.getpos()
        assert not any(n.startswith("on") or n in ("src", "href") for n in names), attributes
        if tag not in VOID:
            self.open.append(tag)
    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open, self.getpos())
        self.open.pop()
    def handle_data(self, data):
        self.text += data

page = Page()
page.feed(text)
page.close()
assert not page.open, page.open
assert "script" not in page.seen and "b" in page.seen
assert page.seen["details"] >= 2 and page.seen["svg"] >= 2, page.seen
assert "http:" not in text and "https:" not in text and "url(" not in text
assert "<script>alert(\"x\")</script>" in page.text
assert not any(ord(c) < 32 and c != "\n" or c in "\u202e\x7f" for c in text)
for words in ("Ports, the worst first", "Drops and their evidence", "What was not seen", "Made on"):
    assert words in page.text, words
EOF
echo 'ok: the page is well-formed'
