#!/bin/sh
# ledger.sh LINKSTATD LINKSTAT SOURCES: labels and jobs with a real linkstatd on a history of the first
# released version, without any USB. Needs python3 to make that history; exit code 77 without.
set -eu
linkstatd=$1
linkstat=$2
sources=$3
here=$sources/tests/integration
. "$(dirname "$0")/bed.sh"

python3 -c 'import sys, sqlite3
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA journal_mode = WAL")
db.executescript(open(sys.argv[1]).read())' \
	"$sources/tests/golden/store/version-1.sql" "$dir/linkstat.db" || exit 77

# Without linkstatd the command still runs.
expect 7 'Nothing was recorded: linkstatd was not running' "$linkstat" run -- sh -c 'exit 7'
expect 3 'cannot reach linkstatd' "$linkstat" jobs
start

# The history of the first released version is still there.
expect 1 'left front' "$linkstat" report 1-4
expect 0 'left front' "$linkstat" name
expect 1 '3 drops on 1 of 1 ports' "$linkstat" report 'left front'

# Names of sockets.
expect 0 'The name of socket 1-4 is "left back" (before: "left front")' \
	"$linkstat" name 1-4 'left back'
expect 1 'left back' "$linkstat" incidents 'left back'
expect 2 'knows no port "left front"' "$linkstat" report 'left front'
expect 2 'another socket has it already' "$linkstat" name 1-2 'left back'
expect 2 'it looks like the name of a port' "$linkstat" name 1-2 2-1
expect 2 'control characters' "$linkstat" name 1-2 "$(printf 'a\033[31mb')"
expect 2 'longer than 63 bytes' "$linkstat" name 1-2 "$(printf '%064d' 0)"
expect 0 'is none (before: "left back")' "$linkstat" name 1-4 --forget
expect 0 'left front' "$linkstat" name 1-4 'left front'

# Cables: nothing is plugged in now; past ones can still be set.
expect 2 'nothing is plugged into 1-4' "$linkstat" cable 1-4 'white 2 m'
expect 2 'is still to come' "$linkstat" cable 1-4 x --at '2099-01-01 00:00'
expect 2 'nothing is plugged into 1-4' "$linkstat" cable 1-4 x --at '2026-11-21 00:00'
expect 0 '(before: none)' "$linkstat" cable 1-4 'white 2 m' --at 2026-11-22T14:13:00Z
expect 0 'cable "white 2 m"' "$linkstat" show 1
expect 0 '(before: "white 2 m")' "$linkstat" cable 1-4 'blue' --at 2026-11-22T14:30:00Z
expect 0 'cable "white 2 m"' "$linkstat" show 2
expect 0 'cable "blue"' "$linkstat" show 3
expect 0 '(before: "blue")' "$linkstat" cable 'left front' 'apple 1 m' --correct
expect 0 'cable "apple 1 m"' "$linkstat" show 3
expect 1 'cables: "apple 1 m", "white 2 m"' "$linkstat" report 1-4
expect 0 '"apple 1 m"' "$linkstat" cable
expect 0 'before "blue", since' "$linkstat" cable

# The table that other computers read.
"$linkstat" export --sessions >"$dir/table.csv" || fail 'no table'
head -n 1 "$dir/table.csv" | grep -q '^start,host,controller,port,hubs,cable,device,connected_hours,drops,' ||
	fail 'another header'
grep -q ',white 2 m,05ac:12a8:00008020000B654E,' "$dir/table.csv" || fail 'no session in the table'
expect 0 '"cable":"apple 1 m"' "$linkstat" export --sessions --json
expect 0 '05ac:12a8' "$linkstat" export --sessions 1-4
expect 0 '05ac:12a8' "$linkstat" --socket "$dir/socket" export --sessions 1-4
expect 2 'what is to be exported' "$linkstat" export
expect 2 'does not take' "$linkstat" report --cable x
"$linkstat" diagnose --sessions "$dir/table.csv" >"$dir/out" 2>"$dir/err" || [ $? = 1 ] ||
	fail 'the table cannot be read again'

# Jobs pass everything through.
expect 0 'No link trouble' "$linkstat" run -- true
expect 5 'ended with exit code 5' "$linkstat" run --note 'first try' -- sh -c 'exit 5'
expect 143 'ended by signal 15' "$linkstat" run -- sh -c 'kill -TERM $$'
expect 127 'could not be started' "$linkstat" run -- /nowhere/at/all
expect 126 'could not be started' "$linkstat" run -- "$sources/meson.build"
expect 0 'No link trouble' "$linkstat" run --note "$(printf 'caf\351')" -- true
expect 2 'no port has such a name' "$linkstat" run --port "$(printf '\351')" -- true
printf 'in\0put' | "$linkstat" run -- cat >"$dir/out" 2>"$dir/err"
printf 'in\0put' | cmp - "$dir/out" || fail 'input and output differ'
expect 0 'first try' "$linkstat" jobs
expect 0 'killed by signal 15' "$linkstat" jobs

# run_until_ready COMMAND…: in the background, as $job, until it has printed "ready".
run_until_ready() {
	rm -f "$dir/out" # an earlier one printed it, too
	"$@" >"$dir/out" 2>"$dir/err" &
	job=$!
	wait_for grep -q ready "$dir/out"
}

# What is sent to us reaches it, and it decides what becomes of that.
run_until_ready "$linkstat" run -- sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
kill -TERM "$job"
got=0
wait "$job" || got=$?
[ "$got" = 9 ] || fail "a signal was not passed on: $got"

# A job whose linkstat dies is closed, one that outlives linkstatd is not lost.
run_until_ready "$linkstat" run -- sh -c 'echo ready; exec sleep 36000'
sleeper=$(ps -o pid= --ppid "$job")
kill -KILL "$job"
wait "$job" 2>"$dir/wait" || true
kill "$sleeper"
wait_for sh -c '"$0" jobs | grep -q "end not seen"' "$linkstat"
run_until_ready "$linkstat" run -- sh -c 'echo ready; while [ ! -e "$0" ]; do sleep 0.1; done; exit 3' "$dir/go"
stop
start
: >"$dir/go"
got=0
wait "$job" || got=$?
[ "$got" = 3 ] || fail "exit code $got of a job that outlived linkstatd"
grep -q 'ended with exit code 3' "$dir/err" || fail 'the exit code was not printed'
"$linkstat" jobs | grep -q 'exit code 3' || fail 'it was not kept'

# A restore: its output is untouched, and in the report is how far it came.
ln -s "$here/fake-idevicerestore.sh" "$dir/idevicerestore"
DROP= "$dir/idevicerestore" >"$dir/want" 2>"$dir/err" || true
expect 1 'ended with exit code 1' "$linkstat" run -- "$dir/idevicerestore"
cmp "$dir/want" "$dir/out" || fail 'the output of a restore was touched'
# With a closed output the connection to linkstatd must not be taken for it.
expect 1 'No link trouble' sh -c 'exec "$0" run -- "$1" >&-' "$linkstat" "$dir/idevicerestore"
cat >"$dir/drop.py" <<'PY'
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], timeout=10)
now = int(time.time() * 1e6)
names = [row[1] for row in db.execute("PRAGMA table_info(incidents)")]
row = dict(zip(names, db.execute("SELECT * FROM incidents WHERE id = 1").fetchone()))
row.update(id=1000, opened_real=now, closed_real=now + 1, session=None)
db.execute("INSERT INTO incidents (%s) VALUES (%s)" % (",".join(names), ",".join("?" * len(names))),
           [row[name] for name in names])
db.commit()
PY
export DROP="sleep 0.2; python3 '$dir/drop.py' '$dir/linkstat.db'; sleep 0.2"
expect 1 'dropped, at 37 % of the file system, ' "$linkstat" run -- "$dir/idevicerestore"
tr '\n' ' ' <"$dir/err" | tr -s ' ' | grep -qE '[0-9] s into restore mode: link lost \(90 % sure\)' ||
	fail 'no time into restore mode'
expect 1 'at 37 % of the file system' "$linkstat" jobs

# Permissions. Everyone may read here: the mode of this socket was changed.
if [ "$(id -u)" = 0 ] && command -v setpriv >"$dir/wait"; then
	chmod 755 "$dir" && chmod 666 "$dir/socket"
	other="setpriv --reuid 65534 --regid 65534 --clear-groups"
	expect 1 'at 37 %' $other "$linkstat" jobs
	expect 3 'does not allow that' $other "$linkstat" name 1-4 mine
	expect 3 'does not allow that' $other "$linkstat" cable 1-4 mine --correct
	expect 4 'Nothing was recorded' $other "$linkstat" run -- sh -c 'exit 4'
	chgrp 65533 "$dir/socket"
	expect 0 '"theirs"' setpriv --reuid 65534 --regid 65534 --groups 65533 \
		"$linkstat" name 1-4 theirs
fi
