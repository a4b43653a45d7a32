# SPDX-License-Identifier: GPL-2.0
# story: native XDP redirects between two veth pairs from KBP's polls, there and back
# tool: ip
# limit: 400

. words.sh

# near0 - near1 => hop0 - hop1, which is over there; nothing else leads from one pair to
# the other, and an answer comes back the same way.
far_side 1
ip link add near0 type veth peer name near1
pair hop0 hop1
for device in near0 near1; do ip link set $device up; done
ip addr add 10.80.0.1/24 dev near0
ip -n far addr add 10.80.0.2/24 dev hop1
expect 1 ping -q -c 1 -W 1 10.80.0.2

xdp() {
	kbp-bench xdp "$@" &
	xdp_pids="$xdp_pids $!"
}
xdp_pids=
xdp --device near1 --redirect hop0
xdp --device hop0 --redirect near1
# Only a receiver that polls can take redirected packets.
xdp --device near0 --pass
far kbp-bench xdp --device hop1 --pass &
xdp_pids="$xdp_pids $!"
is_native() { $1 -d link show "$2" | grep -q ' xdp ' && ! $1 -d link show "$2" | grep -q xdpgeneric; }
for device in near0 near1 hop0; do
	until_true 10 "$device has native XDP" is_native ip $device
done
until_true 10 'hop1 has native XDP' is_native 'ip -n far' hop1

# Not UDP: veth leaves its checksum to a device, and a redirected packet has lost that note.
ping_from() { expect 0 taskset "$(printf %x $((1 << $1)))" ping -q -c "$3" -i 0.004 -W 5 "$2"; says "$3 packets received"; }
packets() { cat "/sys/class/net/$1/statistics/$2_packets"; }
until_true 10 'answers arrive' ping -q -c 1 -W 1 10.80.0.2 >/dev/null
busy 1 ping_from 1 10.80.0.2 200
load
for mode in '--irq armed' '--irq masked'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $mode
	before=$(packets near1 rx) there=$(packets hop0 tx) back=$(packets near1 tx)
	quiet 1 lossless polls_each 1 'near1 hop0 near0' ping_from 1 10.80.0.2 500
	same 'packets redirected' $(($(packets near1 rx) - before)) $(($(packets hop0 tx) - there))
	[ $(($(packets hop0 tx) - there)) -ge 500 ] || fail 'less than 500 packets were redirected'
	[ $(($(packets near1 tx) - back)) -ge 500 ] || fail 'less than 500 answers were redirected'
done
storm 10.80.0.2 1 300
usleep 300000
# Taking a program off waits for the NAPI of its device.
# shellcheck disable=SC2086 # several
kill $xdp_pids
plain() { for device in near0 near1 hop0; do ! is_native ip $device || return 1; done; }
until_true 30 'no device has a program any more' plain
storm_over
served 1
unload
