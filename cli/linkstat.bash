# bash completion for linkstat(1)                          -*- shell-script -*-

_linkstat_ports() {
	local dev name
	for dev in /sys/bus/usb/devices/[0-9]*-[0-9]*; do
		name=${dev##*/}
		[[ $name == *[:\*]* ]] || printf '%s\n' "$name"
	done
}

_linkstat() {
	local commands='status report diagnose check incidents show log watch top cable name run jobs export import analyze version help'
	local options='--json --socket --help --version'
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local command='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket | --since | --until | --pcap | --at | --cable | --port | --note | --priors | --for | --by | --html | --directory | --file | -d | -n) ((i++)) ;;
		-*) ;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $command in
	report) options+=' --since --until --transfers --by --for --html --redact' ;;
	incidents | log | jobs) options+=' --since --until' ;;
	cable) options+=' --at --correct --forget' ;;
	name) options+=' --forget' ;;
	run) options+=' --cable --port --note' ;;
	check) options+=' --for' ;;
	diagnose) options+=' --sessions --priors --since --until' ;;
	export) options+=' --sessions --since --until' ;;
	import) options+=' --journal --dry-run --directory --file --since --until' ;;
	show) options+=' --pcap --transfers' ;;
	top) options+=' -d -n' ;;
	esac

	COMPREPLY=()
	case $prev in
	--socket | --pcap | --sessions | --html | --directory | --file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W 'cable device hub host port' -- "$cur")
		return
		;;
	-d)
		mapfile -t COMPREPLY < <(compgen -W '0.5 1 2 5 10 60' -- "$cur")
		return
		;;
	--for)
		mapfile -t COMPREPLY < <(compgen -W '5min 15min 30min 1h 3h 9h' -- "$cur")
		return
		;;
	-n)
		return
		;;
	--port)
		mapfile -t COMPREPLY < <(compgen -W "$(_linkstat_ports)" -- "$cur")
		return
		;;
	--since | --until | --at)
		mapfile -t COMPREPLY < <(compgen -W 'now today yesterday -1h -1d -1w' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	elif [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
	else
		case $command in
		diagnose)
			if [[ " ${COMP_WORDS[*]} " == *' --sessions '* ]]; then
				compopt -o filenames
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			else
				mapfile -t COMPREPLY < <(compgen -W "$(_linkstat_ports)" -- "$cur")
			fi
			;;
		check | report | incidents | log | cable | name | export)
			mapfile -t COMPREPLY < <(compgen -W "$(_linkstat_ports)" -- "$cur")
			;;
		run)
			mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			;;
		analyze)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			;;
		esac
	fi
}

complete -F _linkstat linkstat
