# SPDX-License-Identifier: GPL-2.0
# story: the driver of a NIC that KBP polls is unbound under traffic, bound again, and polled again

. words.sh

driver=/sys/bus/virtio/drivers/virtio_net
virtio=$(basename "$(readlink -f /sys/class/net/eth0/device)")
steer eth0 1
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	for round in 1 2; do
		quiet 1 lossless guest_echo 300
		storm 10.77.0.1 0
		quiet 1 soon_polls 1 eth0
		expect 0 timeout 30 sh -c "echo $virtio >$driver/unbind"
		[ ! -e /sys/class/net/eth0 ] || fail 'eth0 is still there'
		expect 0 timeout 30 sh -c "echo $virtio >$driver/bind"
		storm_over
		# As the guest's init has set it up.
		echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
		echo 10000 >/sys/class/net/eth0/tx_queue_len
		ip addr add 10.77.0.2/24 dev eth0
		ip link set eth0 up
		steer eth0 1
	done
	quiet 1 lossless polls_each 1 eth0 host_echo
	served 1
done
unload
