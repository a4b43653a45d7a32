# SPDX-License-Identifier: GPL-2.0
# The words that stories use. Everything here runs in the guest, in busybox's ash.
#
# What a story prints: `$ COMMAND` and its output, `@ok WHAT` for each thing that was as it must be,
# `@note WHAT` for a figure, `@fail WHAT` once, `@end` last.
#
# CPU 0 keeps the house; the tests themselves and all their helpers stay on it.

set -eu
taskset -p 1 $$ >/dev/null

ok() { echo "@ok $*"; }
note() { echo "@note $*"; }
fail() {
	echo "@fail $*"
	exit 1
}

# same WHAT WANT GOT
same() { [ "$2" = "$3" ] && ok "$1: $3" || fail "$1: want $2, got $3"; }

# expect CODE COMMAND...: it ends with this code. Its output goes to the transcript and to $said.
said=
expect() {
	local want=$1 code=0
	shift
	echo "\$ $*"
	said=$("$@" 2>&1) || code=$?
	[ -z "$said" ] || echo "$said" | sed 's/^/    /'
	[ "$code" = "$want" ] || fail "'$*' ended with code $code, want $want"
}

# says WORD...: the last `expect` printed each of them.
says() {
	local word
	for word; do
		case $said in
		*"$word"*) ;;
		*) fail "the message does not say '$word': $said" ;;
		esac
	done
	ok "the message says: $*"
}

# until_true SECONDS WHAT COMMAND...: it becomes true in time.
until_true() {
	local end what=$2
	end=$(($(seconds) + $1))
	shift 2
	while ! "$@"; do
		[ "$(seconds)" -lt "$end" ] || fail "$what: not in time"
		usleep 50000
	done
}

seconds() { cut -d. -f1 /proc/uptime; }
milliseconds() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

# --- the kernel's log -----------------------------------------------------------------------------

log_since_begin() { dmesg -r | sed '1,/kbp-story: begin/d'; }

# Messages of level "warning" or worse, but for those that come with any module like ours or with a
# guest of an emulator (its clocks stand still while the host is busy).
log_complaints() {
	log_since_begin | grep -E '^<[0-4]>' | grep -vE \
		-e 'loading out-of-tree module taints kernel' \
		-e 'module verification failed: signature and/or required key missing' \
		-e 'tainting kernel with TAINT_LIVEPATCH' \
		-e 'clocksource' -e 'hrtimer: interrupt took' || true
}

begin() {
	# A reader that the host lets wait must not look like a loss: sockets take all of a run.
	echo 67108864 >/proc/sys/net/core/rmem_max
	echo 67108864 >/proc/sys/net/core/rmem_default
	echo '<6>kbp-story: begin' >/dev/kmsg
}

finish() {
	local complaints
	complaints=$(log_complaints)
	[ -z "$complaints" ] || fail "the kernel complained: $complaints"
	ok "the kernel's log is clean"
	echo "@end"
}

# --- what KBP says --------------------------------------------------------------------------------

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

# status_field PATH: its value, or nothing.
status_field() { status_lines | sed -n "s/^$1=//p"; }
counter() { status_field "cores.$1.counters.$2"; }
core_state() { status_field "cores.$1.state"; }

# served CORE / off CORE: who receives on it, by the status and by the threads there are.
is_served() { case $(core_state "$1") in polling | sleeping) [ -n "$(poller "$1")" ] ;; *) false ;; esac; }
is_off() { case $(core_state "$1") in '' | off) [ -z "$(poller "$1")" ] ;; *) false ;; esac; }
served() { until_true 5 "core $1 is served by kbp/$1 (it is '$(core_state "$1")')" is_served "$1"; ok "core $1 is served by kbp/$1"; }
off() { is_off "$1" && ok "core $1 is off" || fail "core $1 is not off: '$(core_state "$1")', thread '$(poller "$1")'"; }

# poller CORE: the pid of the thread kbp/CORE. pollers: how many there are.
poller() { grep -lsx "kbp/$1" /proc/[0-9]*/comm | cut -d/ -f3; }
pollers() { grep -hs '^kbp/' /proc/[0-9]*/comm | wc -l; }

# consistent: whatever happened before, status can be read, and each core is served or off.
consistent() {
	local code=0 lines n
	kbpctl status --json >/tmp/status || code=$?
	case $code in 0 | 3) ;; *) fail "kbpctl status ended with code $code: $(cat /tmp/status)" ;; esac
	lines=$(status_lines)
	n=$(echo "$lines" | grep -cE '^cores\.[0-9]+\.state=(polling|sleeping|yielded)$' || true)
	echo "$lines" | grep -E '^cores\.[0-9]+\.state=' | grep -vE '=(polling|sleeping|yielded|off)$' &&
		fail "a core is between its states"
	[ "$n" = "$(echo "$lines" | sed -n 's/^active_cores=//p')" ] || fail "active_cores is not $n: $lines"
	[ "$n" = "$(pollers)" ] || fail "$n cores are served, and there are $(pollers) threads"
}

load() { expect 0 kbpctl load; }
unload() {
	expect 0 kbpctl unload
	[ ! -e /sys/module/kbp ] && [ ! -e /sys/module/kbp_livepatch ] && [ ! -e /dev/kbp ] || fail "something of KBP is left"
	same "pollers left" 0 "$(pollers)"
}

# --- who receives ---------------------------------------------------------------------------------

# steer DEVICE CORE: the receive interrupts of a virtio NIC go to this core.
steer() {
	local virtio irq n
	virtio=$(basename "$(readlink -f "/sys/class/net/$1/device")")
	for irq in $(sed -n "s/^ *\([0-9]*\):.* $virtio-input\..*/\1/p" /proc/interrupts); do
		echo "$2" >"/proc/irq/$irq/smp_affinity_list"
		# The kernel moves a vector when it fires the next time.
		for n in 1 2 3 4 5; do
			[ "$(cat "/proc/irq/$irq/effective_affinity_list")" = "$2" ] && break
			ping -q -c 2 -i 0.1 10.77.0.1 >/dev/null || true
		done
		same "core of interrupt $irq ($1)" "$2" "$(cat "/proc/irq/$irq/effective_affinity_list")"
	done
}

# softirq NAME CORE: how often it has run there.
softirq() { awk -v name="$1:" -v column="$(($2 + 2))" '$1 == name { print $column }' /proc/softirqs; }

# quiet CORE COMMAND...: not one NET_RX softirq runs on the core meanwhile, and KBP counts packets.
quiet() {
	local core=$1 softirqs packets
	shift
	softirqs=$(softirq NET_RX "$core")
	packets=$(counter "$core" packets)
	"$@"
	same "NET_RX softirqs on core $core during '$*'" 0 $(($(softirq NET_RX "$core") - softirqs))
	packets=$(($(counter "$core" packets) - packets))
	[ "$packets" -gt 0 ] || fail "kbp/$core polled no packet during '$*'"
	note "kbp/$core polled $packets packets"
}

# busy CORE COMMAND...: NET_RX softirqs do run on the core meanwhile.
busy() {
	local core=$1 softirqs
	shift
	softirqs=$(softirq NET_RX "$core")
	"$@"
	softirqs=$(($(softirq NET_RX "$core") - softirqs))
	[ "$softirqs" -gt 0 ] || fail "no NET_RX softirq ran on core $core during '$*'"
	ok "$softirqs NET_RX softirqs on core $core during '$*'"
}

# --- traffic --------------------------------------------------------------------------------------

# udp NAME: a UDP counter of /proc/net/snmp.
udp() {
	awk -v name="$1" '$1 == "Udp:" && column { print $column; exit }
		$1 == "Udp:" { for (i = 2; i <= NF; i++) if ($i == name) column = i }' /proc/net/snmp
}

# drops: everything the kernel counts as lost on its receive path, summed up.
drops() {
	local dropped word total=0 file
	while read -r _ dropped _; do total=$((total + 0x$dropped)); done </proc/net/softnet_stat
	for word in InErrors RcvbufErrors InCsumErrors; do total=$((total + $(udp $word))); done
	for file in /sys/class/net/*/statistics/rx_dropped /sys/class/net/*/statistics/rx_errors \
		/sys/class/net/*/statistics/rx_missed_errors; do
		total=$((total + $(cat "$file")))
	done
	echo $total
}

# lossless COMMAND...: no drop counter moves meanwhile.
lossless() {
	local before
	before=$(drops)
	"$@"
	same "packets the kernel dropped during '$*'" 0 $(($(drops) - before))
}

echo_server() {
	[ ! -e /tmp/echo ] || return 0
	: >/tmp/echo
	kbp-bench udp-echo --port 7 >/dev/null 2>&1 &
	until_true 10 "the echo server is up" grep -q ':0007 ' /proc/net/udp
}

# host_echo: the host sends its load to our echo server; every answer must arrive there, once.
host_echo() {
	local answer
	echo_server
	kbp-mark host-echo
	answer=$(kbp-wait)
	set -- $answer
	[ "$#" = 8 ] && [ "$2" -gt 0 ] && [ "$2" = "$4" ] && [ "$6$8" = 00 ] || fail "host to guest and back: $answer"
	ok "host to guest and back: $answer"
}

# json_number KEY: its value in the flat JSON object $answer.
json_number() { echo "$answer" | tr ',{}' '\n\n\n' | sed -n "s/^ *\"$1\": *//p"; }

# guest_echo COUNT [RATE]: we send to the echo of the host; every answer must arrive here.
guest_echo() {
	local answer
	answer=$(kbp-bench udp-ping --to 10.77.0.1:7 --count "$1" --rate "${2:-1000}" 2>&1) || fail "guest to host and back: $answer"
	[ "$1" = "$(json_number sent)" ] && [ "$1" = "$(json_number received)" ] && [ 0 = "$(json_number duplicates)" ] ||
		fail "guest to host and back: $answer"
	ok "guest to host and back: $1 answers"
}

# lossless_traffic [CORE]: guest_echo again and again in the background, until lossless_traffic_over;
# nothing may be lost meanwhile. With CORE it has begun to be received there.
lossless_traffic() {
	rm -f /tmp/traffic.end /tmp/traffic.log
	traffic_drops=$(drops)
	(while [ ! -e /tmp/traffic.end ]; do guest_echo 100 500; done) >/tmp/traffic.log 2>&1 &
	traffic_pid=$!
	until_true 20 "traffic flows" grep -qs '@ok' /tmp/traffic.log
	[ -z "${1-}" ] || quiet "$1" usleep 200000
}
lossless_traffic_over() {
	: >/tmp/traffic.end
	wait "$traffic_pid" || fail "traffic lost packets: $(tail -n 1 /tmp/traffic.log)"
	ok "no packet of the traffic was lost in $(grep -c '@ok' /tmp/traffic.log) rounds of 100"
	same "packets the kernel dropped meanwhile" 0 $(($(drops) - traffic_drops))
}

# hog CORE: a task that spins there. hog_over ends it.
hog() {
	taskset "$(printf %x $((1 << $1)))" sh -c 'while :; do :; done' &
	hog_pid=$!
}
hog_over() {
	kill "$hog_pid"
	wait "$hog_pid" || true
}

# --- commands in hard times -----------------------------------------------------------------------

# together 'ARGUMENTS'...: these kbpctl at once; each must succeed (status: or find no core enabled).
together() {
	local arguments pids="" pid code n=0
	for arguments; do
		echo "\$ kbpctl $arguments &"
		# shellcheck disable=SC2086
		kbpctl $arguments >"/tmp/together.$n" 2>&1 &
		pids="$pids $!"
		n=$((n + 1))
	done
	n=0
	for pid in $pids; do
		code=0
		wait "$pid" || code=$?
		sed 's/^/    /' "/tmp/together.$n"
		[ "$code" = 0 ] || { [ "$code" = 3 ] && grep -q '^module' "/tmp/together.$n"; } ||
			fail "one of several kbpctl at once ended with code $code: $(cat "/tmp/together.$n")"
		n=$((n + 1))
	done
}

# killed_after MS COMMAND...: it gets a SIGKILL that soon; what it leaves behind is consistent.
killed_after() {
	local ms=$1 code=0
	shift
	"$@" >/dev/null 2>&1 &
	usleep $((ms * 1000))
	kill -9 $! 2>/dev/null || true
	wait $! || code=$?
	case $code in
	137) echo "\$ $* (killed after $ms ms)" ;;
	*) echo "\$ $* (done with code $code before the kill after $ms ms)" ;;
	esac
	consistent
}

# cycles N: enable and disable core 1 that often. Sets $grown to what the kernel's memory grew by, in KiB.
cycles() {
	local n=0 before
	before=$(kernel_memory)
	while [ $n -lt "$1" ]; do
		kbpctl enable --cores 1 >/dev/null || fail "enable failed in cycle $n"
		kbpctl disable >/dev/null || fail "disable failed in cycle $n"
		n=$((n + 1))
	done
	off 1
	grown=$(($(kernel_memory) - before))
	note "the kernel's memory after $1 cycles: $grown KiB more"
}

# kernel_memory: KiB that the kernel uses and cannot reclaim.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 ~ /^(SUnreclaim|KernelStack|VmallocUsed|Percpu):$/ { sum += $2 } END { print sum }' /proc/meminfo
}

# --- somebody else's livepatch --------------------------------------------------------------------

foreign=/sys/kernel/livepatch/kbp_foreign
foreign_is_in() { [ "$(cat $foreign/transition)" = 0 ]; }
foreign_is_out() { [ ! -e $foreign ]; }

# foreign_in LIMIT_MS / foreign_out LIMIT_MS: its transition ends within the limit.
foreign_in() {
	local start
	start=$(milliseconds)
	insmod /lib/kbp/tests/kbp_foreign.ko
	transition in "$start" "$1" foreign_is_in
	same "what the foreign livepatch patches" 'kbp_foreign is active' "$(cat /proc/cmdline)"
}
foreign_out() {
	local start
	start=$(milliseconds)
	echo 0 >$foreign/enabled
	transition out "$start" "$1" foreign_is_out
	rmmod kbp_foreign
}

# transition WHICH START LIMIT_MS COMMAND: waits well beyond the limit, so that a failure tells how long it took.
transition() {
	local took
	until_true 60 "the foreign livepatch is $1 (limit $3 ms)" "$4"
	took=$(($(milliseconds) - $2))
	note "the foreign livepatch was $1 after $took ms"
	[ "$took" -le "$3" ] || fail "the foreign livepatch was $1 after $took ms, the limit is $3 ms"
}

# --- the synthetic NIC ----------------------------------------------------------------------------

tn=/sys/kernel/debug/kbp_testnic

testnic() {
	insmod /lib/kbp/tests/kbp_testnic.ko
	echo 1 >/proc/sys/net/ipv6/conf/ktn0/disable_ipv6 2>/dev/null || true
	ip addr add 10.78.0.1/24 dev ktn0
	ip link set ktn0 up
	[ -e /tmp/sink ] || {
		: >/tmp/sink
		kbp-bench udp-sink --port 9 --timeout 100000 >/dev/null 2>&1 &
		until_true 10 "the sink is up" grep -q ':0009 ' /proc/net/udp
	}
}

tn_stat() { awk -v key="$1" '$1 == key { print $2 }' $tn/stats; }
tn_idle() { [ "$(cat $tn/run)" = 0 ]; }

# tn_start KEY=VALUE...: a run begins.
tn_start() {
	echo "$*" >$tn/config
	echo 1 >$tn/reset
	echo 1 >$tn/run
}

tn_stop() {
	echo 0 >$tn/run
	until_true 30 "the synthetic NIC is done" tn_idle
}

# tn_run KEY=VALUE...: a run from begin to end; every packet must reach the program at the socket.
tn_run() {
	udp_before=$(udp InDatagrams)
	tn_start "$@"
	until_true 60 "the synthetic NIC is done" tn_idle
	same "packets the NIC delivered" "$(tn_stat generated)" "$(tn_stat delivered)"
	until_true 20 "all $(tn_stat generated) packets are read" all_read
	same "packets at the socket" "$(tn_stat generated)" $(($(udp InDatagrams) - udp_before))
}
all_read() { [ $(($(udp InDatagrams) - udp_before)) -ge "$(tn_stat generated)" ]; }
