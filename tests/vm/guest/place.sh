# SPDX-License-Identifier: GPL-2.0
# Receivers in containers: the host's packets go through bridges, address translation and routers on the core
# that receives them. `kbp-bench topology` sets the containers up; what it needs of the kernel is said here.
#
# module: veth bridge br_netfilter dummy macvlan vxlan nf_tables nft_chain_nat nft_ct nft_fib_ipv4 nft_masq
# module: nft_nat nft_objref nf_conntrack_netlink
# tool: ip nft

# settle PLACE: `host_echo` finds the echo in there from now on.
settle() {
	traces >/tmp/before
	kbp-bench topology --place "$1" --cpu 0 >/tmp/topology 2>/tmp/topology.log &
	settler=$!
	until_true 90 "$1 is up" is_up
	: >/tmp/echo
}
is_up() {
	kill -0 "$settler" || fail "no topology: $(cat /tmp/topology.log)"
	grep -q 'is up' /tmp/topology.log
}
traces() {
	ls /sys/class/net
	echo "forwards $(cat /proc/sys/net/ipv4/ip_forward)"
	[ ! -e /sys/module/br_netfilter ] || echo 'bridges filter'
}

# leave PACKETS: it ends; so many took the way through each of its devices, and nothing stays behind.
leave() {
	kill "$settler"
	wait "$settler" || fail "the topology failed: $(cat /tmp/topology.log)"
	answer=$(cat /tmp/topology)
	note "$answer"
	same 'datagrams received in the container' "$1" "$(json_number received)"
	same 'datagrams sent back from there' "$1" "$(json_number echoed)"
	[ "$(figure 'packets met')" -ge 4 ] || fail 'the NAT rule has not seen the 4 flows'
	for what in 'were let in' 'into the receiver' 'out of it'; do
		[ "$(figure "$what")" -ge "$1" ] || fail "less than $1 $what"
	done
	case $answer in
	*'containers at least'*) [ "$(figure_after 'containers at least')" -ge "$1" ] || fail "a container forwarded less than $1" ;;
	esac
	traces | diff /tmp/before - >/tmp/diff || fail "left behind: $(cat /tmp/diff)"
	same 'rules left' '' "$(nft list ruleset)"
	# The kernel counts namespaces: with none left there is room for one.
	most=$(cat /proc/sys/user/max_net_namespaces)
	echo 1 >/proc/sys/user/max_net_namespaces
	until_true 20 'no namespace is left' unshare -n true 2>/dev/null
	echo "$most" >/proc/sys/user/max_net_namespaces
	ok 'nothing is left behind'
	rm /tmp/echo
}
figure() { echo "$answer" | sed -n "s/.*[^0-9]\([0-9][0-9]*\) $1.*/\1/p"; }
figure_after() { echo "$answer" | sed -n "s/.*$1 \([0-9][0-9]*\).*/\1/p"; }

# reached PLACE ALL: the load of the host in each way of receiving, to a receiver in there, which gets so many in
# all.
reached() {
	steer eth0 1
	settle "$1"
	busy 1 lossless host_echo
	load
	for mode in armed masked; do
		expect 0 kbpctl enable --cores 1 --irq $mode
		quiet 1 lossless host_echo
	done
	expect 0 kbpctl disable
	unload
	leave "$2"
}
