#!/bin/bash
# hardened.sh PROGRAM…: what the compiler and the linker can do against an error of ours is in each of them.
set -euo pipefail

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

for program; do
	headers=$(readelf -W -h -l -d "$program")
	grep -q 'Type: *DYN' <<<"$headers" || fail "$program is at a fixed address"
	grep -q 'GNU_RELRO' <<<"$headers" || fail "$program: its relocations stay writable"
	grep -qE 'FLAGS.*(BIND_NOW|NOW)' <<<"$headers" || fail "$program binds lazily: no full RELRO"
	! grep -q 'GNU_STACK.*RWE' <<<"$headers" || fail "$program has an executable stack"
	symbols=$(readelf -W --dyn-syms "$program")
	grep -q '__stack_chk_fail' <<<"$symbols" || fail "$program has no stack protector"
	grep -qE '__(mem|str|v?sn?printf|v?fprintf|read)[a-z]*_chk' <<<"$symbols" ||
		fail "$program is built without _FORTIFY_SOURCE"
	echo "ok: $program"
done
