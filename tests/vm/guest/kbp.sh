# SPDX-License-Identifier: GPL-2.0
# What KBP says of itself, and what there is of it.

# Flattens `kbpctl status --pretty`, one `cores.CORE.counters.packets=7` a line.
status_lines() {
	kbpctl status --pretty | awk '{
		line = $0
		sub(/^ +/, "", line)
		depth = (length($0) - length(line)) / 2
		sub(/,$/, "", line)
		if (line !~ /^"/) next
		colon = index(line, ": ")
		key = substr(line, 2, colon - 3)
		value = substr(line, colon + 2)
		gsub(/^"|"$/, "", value)
		name[depth] = key
		if (value ~ /^[\[{]$/) next
		if (name[1] == "cores" && depth == 3 && key == "core") name[2] = value
		path = ""
		for (i = 1; i < depth; i++) path = path name[i] "."
		print path key "=" value
	}'
}

# status_field PATH: its value, or nothing. PATH is KEY, SECTION.KEY, cores.CORE.KEY or cores.CORE.SECTION.KEY. A
# pattern over the whole text would take the shell ten times as long.
status_field() {
	local path=$1 core="" here="" section="" word IFS=',{'
	case $path in cores.*)
		path=${path#cores.}
		core=${path%%.*}
		path=${path#*.}
		;;
	esac
	case $path in *.*) section=${path%%.*} ;; esac
	# shellcheck disable=SC2046 # one `"key":value` a word
	for word in $(kbpctl status --json); do
		case $word in
		'"core":'*) here=${word#*:} ;;
		"\"$section\":") [ "$here" != "$core" ] || section="" ;;
		"\"${path#*.}\":"*)
			[ "$here$section" = "$core" ] || continue
			word=${word#*:}
			word=${word%%\}*}
			word=${word#'"'}
			case $word in '['*) ;; *) echo "${word%'"'}" ;; esac
			return
			;;
		esac
	done
}
counter() { status_field "cores.$1.counters.$2"; }
core_state() { status_field "cores.$1.state"; }

# poller CORE: the pid of the thread kbp/CORE. pollers: how many there are.
poller() {
	local comm
	comm=$(grep -lsx "kbp/$1" /proc/[0-9]*/comm) || return 0
	comm=${comm#/proc/}
	echo "${comm%%/*}"
}
pollers() { cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^kbp/' || true; }

# served CORE, off CORE: who receives on it, by the status and by the threads there are.
is_served() { sees "$1" && case $seen in polling | sleeping) [ -n "$(poller "$1")" ] ;; *) false ;; esac; }
is_off() { sees "$1" && case $seen in '' | off) [ -z "$(poller "$1")" ] ;; *) false ;; esac; }
sees() { seen=$(core_state "$1"); }
served() {
	until_true 5 "core $1 is served by kbp/$1" is_served "$1"
	ok "core $1 is served by kbp/$1"
}

# yielded CORE REASON: softirq serves it, for that reason.
yielded_for() { sees "$1" && [ "$seen" = yielded ] && [ "$(status_field "cores.$1.yield_reason")" = "$2" ]; }
yielded() {
	until_true 5 "core $1 is yielded: $2" yielded_for "$1" "$2"
	ok "core $1 is yielded: $2"
}
off() {
	is_off "$1" || fail "core $1 is not off: '$(core_state "$1")', thread '$(poller "$1")'"
	ok "core $1 is off"
}

# consistent: whatever happened before, status can be read, and each core is served or off.
consistent() {
	local code=0 lines n threads
	kbpctl status --json >/tmp/status || code=$?
	case $code in 0 | 3) ;; *) fail "kbpctl status ended with code $code: $(cat /tmp/status)" ;; esac
	lines=$(status_lines)
	n=$(echo "$lines" | grep -cE '^cores\.[0-9]+\.state=(polling|sleeping|yielded)$' || true)
	threads=$(echo "$lines" | grep -cE '^cores\.[0-9]+\.thread_pid=[0-9]+$' || true)
	echo "$lines" | grep -E '^cores\.[0-9]+\.state=' | grep -vE '=(polling|sleeping|yielded|off)$' &&
		fail "a core is neither served nor off"
	[ "$n" = "$(echo "$lines" | sed -n 's/^active_cores=//p')" ] || fail "active_cores is not $n: $lines"
	[ "$threads" = "$(pollers)" ] || fail "status names $threads threads, and there are $(pollers)"
}

# load: with pollers that are always there, which most stories are about. load_plain: with what an operator
# gets who asks for nothing, softirq and a poller in reserve.
load() {
	load_plain
	kbpctl set --cores "$(cat /sys/devices/system/cpu/present)" --idle spin --away thread >/tmp/set 2>&1 ||
		fail "cannot set how cores are served: $(cat /tmp/set)"
}
load_plain() { expect 0 kbpctl load; }
unload() {
	expect 0 kbpctl unload
	for left in /sys/module/kbp /sys/module/kbp_livepatch /sys/kernel/livepatch/kbp_livepatch /dev/kbp; do
		[ ! -e "$left" ] || fail "unload left $left behind"
	done
	same "pollers left" 0 "$(pollers)"
}

# has_events: whether the kernel made trace events for kbp.ko.
has_events() {
	[ ! -d /sys/kernel/tracing/events/kbp ] || return 0
	! kernel_has module-events || fail 'no trace events kbp:*'
	note 'this kernel has no kbp:* trace events'
	return 1
}

# keeps_ration CORE SAMPLES: with no task waiting, it runs as a real-time one for less than the 95 % that
# kernels without a fair server allow, and that without leaving its core for as long; those that have a fair
# server want nothing of it here.
keeps_ration() {
	local pid ran start passed fields samples=0 ordinary=0
	! kernel_has fair-server || return 0
	pid=$(poller "$1")
	start=$(microseconds)
	ran=$(cut -d ' ' -f 1 "/proc/$pid/schedstat")
	while [ "$samples" -lt "$2" ]; do
		usleep 3000
		read -r fields <"/proc/$pid/stat"
		# shellcheck disable=SC2086 # its fields; the third is the state, the 41st 1 for SCHED_FIFO
		set -- "$1" "$2" $fields
		[ "$5 ${43}" = 'R 1' ] || ordinary=$((ordinary + 1))
		samples=$((samples + 1))
	done
	passed=$(($(microseconds) - start))
	ran=$((($(cut -d ' ' -f 1 "/proc/$pid/schedstat") - ran) / 1000))
	note "the poller ran $((ran * 1000 / passed)) per mille of the time, no real-time task in $ordinary of $samples samples"
	[ $((ordinary * 100)) -gt $((samples * 5)) ] || fail "kbp/$1 would be throttled"
	[ $((ran * 100)) -ge $((passed * 94)) ] || fail "kbp/$1 left its core for nobody: $ran us of $passed us"
}
