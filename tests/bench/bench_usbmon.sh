#!/bin/bash
# What it costs to read usbmon: linkstatd, usbtop, dumpcap and a bare loop, one after the other and
# all at once, under the same loads in one run. Runs in the lab, with a build without sanitizers:
#
#	tests/lab/machine --build build/release tests/bench/bench_usbmon.sh
#
# LAB_BENCH_ROUNDS (3), LAB_BENCH_LOADS (phone hub), LAB_BENCH_READERS; LAB_BENCH_RING KiB and LAB_BENCH_REST ms are for
# the floor, LAB_BENCH_RINGS "KiB …": linkstatd with each of these rings. CPU time is the scheduler's,
# of all threads. Under emulation only ratios within one run mean something.
. "$LAB_TREE/tests/lab/story.sh"
story "What it costs to read usbmon"
floor=$LAB_BUILD/tests/bench/floor_mfetch
rounds=${LAB_BENCH_ROUNDS:-3}
declare -A cpu_ns wall_ms n_runs lost # by "load reader"

# ---- the loads: a fixed amount of work each ------------------------------------------------------

transfers_of_phone=${LAB_BENCH_PHONE:-12000} # both ways, 16 KiB each, as a restore
transfers_of_hub=${LAB_BENCH_HUB:-200000}	 # a computer never makes more records per second

load_phone() {
	load 18d1:4ee1 --transfers "$transfers_of_phone" 2>>"$LAB_OUT/load.log"
}

load_hub() {
	"$LAB_BUILD/tests/bench/ask_hub" 3 "$transfers_of_hub"
}

# ---- the readers ---------------------------------------------------------------------------------

start_reader() { # NAME: sets reader_pid
	case $1 in
	none) reader_pid='' ; return ;;
	linkstatd*) begin_linkstatd "${1#linkstatd}" ; return ;;
	floor) "$floor" "${LAB_BENCH_REST:-25}" $((${LAB_BENCH_RING:-4096} * 1024)) >"$story_dir/floor" & ;;
	floor-no-rest) "$floor" 0 $((${LAB_BENCH_RING:-4096} * 1024)) >"$story_dir/floor" & ;;
	usbtop) usbtop >"$story_dir/usbtop" 2>&1 & ;;
	dumpcap) dumpcap -q -i usbmon0 -w /dev/null 2>"$story_dir/dumpcap" & ;;
	*) give_up "no such reader: $1" ;;
	esac
	reader_pid=$!
	wait_until "$1 reads usbmon" 30 reads_usbmon "$reader_pid"
}

begin_linkstatd() { # RING in KiB, or nothing
	rm -rf "$story_dir/state" # what an earlier one lost is not counted again
	start_linkstatd ${1:+--usbmon-ring "$1"}
	reader_pid=$daemon_pid
	daemon_pid=''
}

reads_usbmon() { # PID
	find "/proc/$1/fd" -lname '/dev/usbmon*' -printf . -quit | grep -q .
}

# What linkstatd says that it lost, and what it did not count of the load although it says nothing.
count_lost() {
	local counted
	pause 6 # longer than it takes to write the counters
	client report --json >"$story_dir/report"
	counted=$(jq '[.ports[].transfers] | add // 0' "$story_dir/report")
	[[ $load != phone || $counted -ge $transfers_of_phone ]] || counted=-$((transfers_of_phone - counted))
	jq --argjson missing $((counted < 0 ? -2 * counted : 0)) \
		'([.gaps[].lost // 0] | add // 0) as $reported | [$reported, $missing] | max' "$story_dir/report"
}

# Stops a reader and prints how many records it reports as lost.
stop_reader() { # NAME PID
	local name=$1 pid=$2
	[[ $name != linkstatd* ]] || count_lost >"$story_dir/lost"
	kill -INT "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	case $name in
	linkstatd*) cat "$story_dir/lost" ;;
	floor*) sed -n 's/.* lost \([0-9]*\) .*/\1/p' "$story_dir/floor" ;;
	dumpcap) sed -n 's/.*received\/dropped on interface.*: [0-9]*\/\([0-9]*\).*/\1/p' "$story_dir/dumpcap" ;;
	*) echo "?" ;;
	esac
}

# CPU time of all its threads so far, in nanoseconds.
cpu_of() { # PID
	awk '{ sum += $1 } END { printf "%.0f\n", sum }' /proc/"$1"/task/*/schedstat
}

# Has it done with what came?
rests() { # PID
	local before
	before=$(cpu_of "$1")
	pause 0.3
	((($(cpu_of "$1") - before) < 6000000))
}

# ---- measuring -----------------------------------------------------------------------------------

# measure LOAD READER…: the load once, with these readers at work.
measure() {
	local load=$1 began reader key
	shift
	local -A pids=() before=()
	for reader; do
		start_reader "$reader"
		pids[$reader]=$reader_pid
	done
	[[ $* != usbtop ]] || pause 2 # it opens a bus after the other
	for reader; do
		[[ -z ${pids[$reader]} ]] || poll_for 10 rests "${pids[$reader]}" >/dev/null
	done
	for reader; do
		[[ -z ${pids[$reader]} ]] || before[$reader]=$(cpu_of "${pids[$reader]}")
	done
	began=${EPOCHREALTIME/./}
	"load_$load" || give_up "the load $load failed: $(tail -n 1 "$LAB_OUT/load.log")"
	took_ms=$(((${EPOCHREALTIME/./} - began) / 1000))
	for reader; do
		key="$load $reader${suffix-}"
		# The best of all rounds: what disturbs it from outside only ever adds.
		[[ -n ${wall_ms[$key]-} && ${wall_ms[$key]} -lt $took_ms ]] || wall_ms[$key]=$took_ms
		n_runs[$key]=$((${n_runs[$key]:-0} + 1))
		[[ -n ${pids[$reader]} ]] || continue
		poll_for 20 rests "${pids[$reader]}" >/dev/null
		note_cpu "$key" $(($(cpu_of "${pids[$reader]}") - before[$reader]))
	done
	for reader; do
		[[ -n ${pids[$reader]} ]] || continue
		note_lost "$load $reader${suffix-}" "$(stop_reader "$reader" "${pids[$reader]}")"
	done
}

note_cpu() { # KEY NANOSECONDS
	[[ -n ${cpu_ns[$1]-} && ${cpu_ns[$1]} -lt $2 ]] || cpu_ns[$1]=$2
}

note_lost() { # KEY NUMBER
	[[ $2 == [0-9]* && ${lost[$1]-0} != '?' ]] || { lost[$1]='?' && return; }
	lost[$1]=$((${lost[$1]:-0} + $2))
}

# A transfer is two records.
records_of() { # LOAD
	local transfers=transfers_of_$1
	echo $((2 * ${!transfers}))
}

table() { # LOAD
	local load=$1 reader key n
	n=$(records_of "$load")
	echo
	echo "load $load: $n records, $((1000 * n / ${wall_ms[$load none]})) per second without a reader, best of $rounds"
	printf '%-22s %14s %12s %12s %10s %8s\n' reader "CPU ns/record" "of floor" "of linkstatd" slow-down lost
	for reader in "${shown[@]}"; do
		key="$load $reader"
		[[ -n ${wall_ms[$key]-} ]] || continue
		printf '%-22s %14s %12s %12s %9s%% %8s\n' "$reader" \
			"$(awk -v c="${cpu_ns[$key]-}" -v n="$n" 'BEGIN { if (c != "") printf "%.0f", c / n }')" \
			"$(ratio "${cpu_ns[$key]-}" "${cpu_ns[$load floor]-}")" \
			"$(ratio "${cpu_ns[$key]-}" "${cpu_ns[$load linkstatd]-}")" \
			"$(awk -v a="${wall_ms[$key]}" -v b="${wall_ms[$load none]}" 'BEGIN { printf "%.1f", 100 * (a / b - 1) }')" \
			"${lost[$key]-}"
	done
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { if (a != "" && b > 0) printf "%.2f", a / b }'
}

plug_phone vid=18d1 pid=4ee1 # the driver that takes Apple's is not to come in between
read -r -a readers <<<"${LAB_BENCH_READERS:-linkstatd floor floor-no-rest usbtop dumpcap}"
for ring in ${LAB_BENCH_RINGS-}; do
	readers+=("linkstatd$ring")
done
read -r -a loads <<<"${LAB_BENCH_LOADS:-phone hub}"
shown=(none "${readers[@]}")
for load in "${loads[@]}"; do
	for ((round = 1; round <= rounds; round++)); do
		for reader in none "${readers[@]}"; do
			measure "$load" "$reader"
			log_step "$load, round $round, $reader: $took_ms ms, $((${cpu_ns["$load $reader"]:-0} / 1000000)) ms of CPU time"
		done
	done
	if [[ ${LAB_BENCH_TOGETHER-yes} == yes ]]; then
		suffix=" (all)" measure "$load" "${readers[@]}"
		for reader in "${readers[@]}"; do
			shown+=("$reader (all)")
		done
	fi
	table "$load"
	check "linkstatd lost none of load $load" test "${lost["$load linkstatd"]-0}" == 0
	shown=(none "${readers[@]}")
done
