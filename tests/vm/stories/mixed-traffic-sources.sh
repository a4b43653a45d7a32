# SPDX-License-Identifier: GPL-2.0
# story: virtio, the synthetic NIC, veth, a bridge and loopback at once, in every mode: no NET_RX, no loss
# tool: ip
# limit: 450

. words.sh

steer eth0 1
testnic
far_side 0
far_pair va vb 10.80.0
far_bridge br0 ba bb 10.81.0
echo_server
everything() {
	at_once 'guest_echo 300 300' 'tn_counted 3000 cpu=1 period_ns=1000000 burst=4' \
		'echo_from 1 10.80.0.2 150' 'echo_from 0 10.80.0.2 150' 'echo_from 1 10.81.0.2 150' \
		'echo_from 0 10.81.0.2 150' 'echo_from 1 127.0.0.1 150'
}
busy 1 lossless everything
load
for mode in '--irq armed --idle spin' '--irq masked --idle spin' \
	'--irq armed --idle adaptive:200' '--irq masked --idle adaptive:200'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $mode
	quiet 1 lossless polls_each 1 'eth0 ktn0 backlog' everything
	quiet 1 lossless host_echo
	served 1
done
unload
