# SPDX-License-Identifier: GPL-2.0
# story: a driver that arms its interrupt whatever NAPI answers is noticed, and no longer held
# nic: model=vmxnet3

. words.sh
. masked.sh

testnic
steer eth0 1
eth1_here
load
expect 0 kbpctl enable --cores 1 --irq masked

# As vmxnet3 does, at an exact rhythm, and as a NIC should.
interrupted_while_held() {
	udp_before=$(udp InDatagrams)
	tn_start cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=0 arms=1
	until_true 20 'ktn0 is seen to arm its interrupt' seen_to_arm
	usleep 200000
	tn_stop
	until_true 20 'all packets are read' all_read
}
seen_to_arm() { [ "$(napi_arms 1 ktn0)" = true ]; }
quiet 1 lossless interrupted_while_held
arms ktn0
rmmod kbp_testnic
testnic
masks ktn0 tn_run cpu=1 period_ns=1000000 burst=1 cost_ns=0 count=500 arms=0

# The real one; and virtio, which arms for a moment only.
quiet 1 eth1_pings
arms eth1
masks eth0 guest_echo 500
unload
