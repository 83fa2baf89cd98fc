# bash completion for linkstat(1)                          -*- shell-script -*-

_linkstat_ports() {
	local dev name
	for dev in /sys/bus/usb/devices/[0-9]*-[0-9]*; do
		name=${dev##*/}
		[[ $name == *[:\*]* ]] || printf '%s\n' "$name"
	done
}

_linkstat() {
	local commands='status report diagnose incidents show log watch top cable name run jobs analyze version help'
	local options='--json --socket --help --version'
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local command='' i

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket | --since | --until | --pcap | --priors | --by | --html | -d | -n) ((i++)) ;;
		-*) ;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $command in
	report) options+=' --since --until --transfers --by --for --html --redact' ;;
	incidents | log) options+=' --since --until' ;;
	diagnose) options+=' --sessions --priors --since --until' ;;
	show) options+=' --pcap --transfers' ;;
	top) options+=' -d -n' ;;
	esac

	COMPREPLY=()
	case $prev in
	--socket | --pcap | --sessions | --html)
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
	-n)
		return
		;;
	--since | --until)
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
		report | incidents | log)
			mapfile -t COMPREPLY < <(compgen -W "$(_linkstat_ports)" -- "$cur")
			;;
		analyze)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			;;
		esac
	fi
}

complete -F _linkstat linkstat
