#!/bin/bash
# The benchmark of usbmon's readers with almost no load: it runs, and the readers see every record.
export LAB_BENCH_ROUNDS=1 LAB_BENCH_PHONE=200 LAB_BENCH_HUB=500 LAB_BENCH_READERS="linkstatd floor" LAB_BENCH_TOGETHER=no
. "$LAB_TREE/tests/bench/bench_usbmon.sh"

floor_saw() { # NUMBER of records, at least
	local n
	n=$(sed -n 's/^floor records \([0-9]*\) .*/\1/p' "$story_dir/floor")
	echo "$n"
	((n >= $1))
}

check "the last reader saw each record of the last load" floor_saw $((2 * LAB_BENCH_HUB))
check "with both figures" test "${cpu_ns["hub floor"]}" -gt 0 -a "${cpu_ns["phone linkstatd"]}" -gt 0
