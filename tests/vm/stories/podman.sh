# SPDX-License-Identifier: GPL-2.0
# story: packets reach a container of podman, by softirq and by KBP, and no trace of either stays
# debian: yes
# module: nft_fib_inet nft_fib_ipv6
# load: 1500 1000
# limit: 450

. words.sh
. place.sh

# start: the echo of `host_echo` is a program in a container, at a port that podman has published.
start() {
	ls /sys/class/net >/tmp/devices
	expect 0 podman run -d --name echo -p 7:7/udp -v /usr/bin/kbp-bench:/bin/kbp-bench:ro \
		localhost/busybox /bin/kbp-bench udp-echo --port 7
	: >/tmp/echo
	until_true 60 'the container listens' listens
	rules=$(nft list ruleset)
	case $rules in *'dnat ip to'*) ;; *) fail "podman has published nothing: $rules" ;; esac
	[ "$(readlink "/proc/$inside/ns/net")" != "$(readlink /proc/self/ns/net)" ] || fail 'the container has our network'
	[ -e /sys/class/net/podman0 ] || fail 'podman has made no bridge'
}
listens() { inside=$(pidof kbp-bench) && grep -q ':0007 ' "/proc/$inside/net/udp"; }

# received: datagrams that programs in the container have received so far.
received() { awk '$1 == "Udp:" && n++ { print $2 }' "/proc/$inside/net/snmp"; }

# polled COMMAND...: KBP's poller has taken at least as many packets from core 1 as the host has sent.
polled() {
	local before
	before=$(counter 1 packets)
	"$@"
	before=$(($(counter 1 packets) - before))
	[ $before -ge $count ] || fail "kbp/1 polled $before packets, and $count were sent"
}

# away: the container is gone, with its devices and its rule.
away() {
	expect 0 podman rm -f -t 0 echo
	same 'programs in the container' '' "$(pidof kbp-bench)"
	# shellcheck disable=SC2012 # names of devices
	ls /sys/class/net | diff /tmp/devices - >/tmp/diff || fail "left behind: $(cat /tmp/diff)"
	case $(nft list ruleset) in *'dnat ip to'*) fail 'the published port is still there' ;; esac
	ok 'the container is gone'
}

# bench_begins: the benchmark's own receiver in a container of podman. bench_ends PACKETS: it ends; so many
# went into the container and out of it, and it leaves nothing behind.
bench_begins() {
	traces >/tmp/before
	kbp-bench topology --place podman --cpu 0 >/tmp/topology 2>/tmp/topology.log &
	bench=$!
	until_true 90 'the place is up' grep -q 'is up' /tmp/topology.log
}
bench_ends() {
	kill $bench
	wait $bench || fail "the place failed: $(cat /tmp/topology.log)"
	answer=$(cat /tmp/topology)
	note "$answer"
	same 'datagrams received in the container' "$1" "$(json_number received)"
	into=$(echo "$answer" | sed -n 's/.*[^0-9]\([0-9][0-9]*\) into the receiver.*/\1/p')
	[ "$into" -ge "$1" ] || fail "only $into packets went into the container"
	traces | diff /tmp/before - >/tmp/diff || fail "left behind: $(cat /tmp/diff)"
	same 'containers' '' "$(podman ps --all --quiet)"
	ok 'nothing is left behind'
}
traces() {
	ls /sys/class/net
	nft list ruleset
	cat /proc/sys/net/ipv4/ip_forward
}

count=1500
steer eth0 1
start
same 'datagrams before any was sent' 0 "$(received)"
busy 1 lossless host_echo
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	served 1
	polled quiet 1 lossless host_echo
done
same 'datagrams received in the container' $((3 * count)) "$(received)"
away
nft delete table inet netavark
bench_begins
polled quiet 1 lossless host_echo
bench_ends $count
expect 0 kbpctl disable
unload
