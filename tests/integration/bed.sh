# What the shell tests share: a directory of their own, a linkstatd to end, and what is expected of a
# command. To be sourced, with $linkstatd and $linkstat set.
dir=$(mktemp -d)
daemon=
export LINKSTAT_SOCKET="$dir/socket"

finish() {
	[ -z "$daemon" ] || kill "$daemon" 2>"$dir/kill" || true
	[ -z "$daemon" ] || wait "$daemon" || true
	rm -rf "$dir"
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

# expect CODE TEXT COMMAND…: exit code and a text in what it prints or complains.
expect() {
	code=$1 text=$2
	shift 2
	got=0
	"$@" >"$dir/out" 2>"$dir/err" </dev/null || got=$?
	[ "$got" = "$code" ] || fail "exit code $got instead of $code: $*"
	cat "$dir/out" "$dir/err" | tr '\n' ' ' | tr -s ' ' >"$dir/said"
	grep -qF -- "$text" "$dir/said" || fail "no \"$text\": $*"
	echo "ok: $*"
}
