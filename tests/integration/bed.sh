# Shared by the shell tests: a temporary directory, a linkstatd with its own socket and state, and checks
# of a command's exit code and output. Source it with $linkstatd set,
# and $linkstat where the client is used.
dir=$(mktemp -d)
daemon=
export LINKSTAT_SOCKET="$dir/socket"

# end_daemon: it must end well, for the sanitizers speak through its exit code.
end_daemon() {
	kill "$daemon"
	wait "$daemon" || {
		echo "FAILED: linkstatd ended with exit code $?" >&2
		sed 's/^/  log: /' "$dir/log" >&2
		return 1
	}
}

finish() {
	code=$?
	trap - EXIT
	[ -z "$daemon" ] || end_daemon || code=1
	rm -rf "$dir"
	exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
	echo "FAILED: $*" >&2
	for file in out err log; do
		[ ! -s "$dir/$file" ] || sed "s/^/  $file: /" "$dir/$file" >&2
	done
	exit 1
}

# wait_for COMMAND…: until it succeeds, at most five minutes.
wait_for() {
	for _ in $(seq 3000); do
		! "$@" >"$dir/wait" 2>&1 || return 0
		sleep 0.1
	done
	fail "timed out: $*"
}

is_serving() { # a test without the client looks for the socket
	if [ -n "${linkstat:-}" ]; then
		"$linkstat" jobs --json
	else
		[ -S "$dir/socket" ]
	fi
}

start() {
	"$linkstatd" --state "$dir" --socket "$dir/socket" 2>>"$dir/log" &
	daemon=$!
	wait_for is_serving
}

stop() {
	end_daemon || {
		daemon=
		exit 1
	}
	daemon=
}

# run COMMAND…: leaves its output in $dir/text, as one line, and its exit code in $got.
run() {
	got=0
	"$@" >"$dir/out" 2>"$dir/err" </dev/null || got=$?
	cat "$dir/out" "$dir/err" | tr '\n' ' ' | tr -s ' ' >"$dir/text"
}

# expect CODE TEXT COMMAND…: its exit code, and a text in its output.
expect() {
	code=$1 text=$2
	shift 2
	run "$@"
	[ "$got" = "$code" ] || fail "exit code $got instead of $code: $*"
	grep -qF -- "$text" "$dir/text" || fail "no \"$text\": $*"
	echo "ok: $*"
}

# expect_text TEXT COMMAND…: a text in its output, whatever its exit code.
expect_text() {
	text=$1
	shift
	run "$@"
	grep -qF -- "$text" "$dir/text" || fail "no \"$text\": $*"
	echo "ok: $*"
}
