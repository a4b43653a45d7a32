# SPDX-License-Identifier: GPL-2.0
# The words that all stories use; the files beside this one add those of one subject each. All of
# it runs in the guest, in busybox's ash.
#
# What a story prints: `$ COMMAND` and its output, `@ok WHAT` for each thing that was as it must be,
# `@note WHAT` for a figure, `@fail WHAT` once, `@end` last.
#
# CPU 0 keeps the house; a story and its helpers stay on it.

set -eu
taskset -p 1 $$ >/dev/null

ok() { echo "@ok $*"; }
note() { echo "@note $*"; }
fail() {
	echo "@fail $*"
	exit 1
}

# same WHAT WANT GOT
same() {
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
	ok "$1: $3"
}

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

# The kernel's log.

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
	keep_what_is_sent
	echo '<6>kbp-story: begin' >/dev/kmsg
}

# The kernel's default queue of a device, fq_codel, drops what the host does not fetch soon enough.
# A queue is chosen when the device appears, and busybox cannot change it: let it appear again.
keep_what_is_sent() {
	local driver=/sys/bus/virtio/drivers/virtio_net
	tc qdisc show dev eth0 | grep -q fq_codel || return 0
	echo pfifo_fast >/proc/sys/net/core/default_qdisc
	echo virtio0 >$driver/unbind
	echo virtio0 >$driver/bind
	until_true 5 "eth0 is back" [ -e /sys/class/net/eth0 ]
	echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6 2>/dev/null || true
	echo 10000 >/sys/class/net/eth0/tx_queue_len
	ip addr add 10.77.0.2/24 dev eth0
	ip link set eth0 up
	tc qdisc show dev eth0 | grep -q pfifo_fast || fail "eth0 still drops what it should send: $(tc qdisc show)"
}

finish() {
	local complaints
	complaints=$(log_complaints)
	[ -z "$complaints" ] || fail "the kernel complained: $complaints"
	ok "the kernel's log is clean"
	echo "@end"
}
