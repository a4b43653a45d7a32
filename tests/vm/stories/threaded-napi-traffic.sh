# SPDX-License-Identifier: GPL-2.0
# story: a threaded NIC is left alone and named, nothing is lost, and KBP polls it again afterwards

. words.sh
. threaded.sh

steer eth0 1
load
for mode in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $mode
	lossless_traffic 1
	for round in 1 2 3; do
		threaded eth0 1
		left_alone eth0
		threaded eth0 0
		quiet 1 soon_polls 1 eth0
	done
	lossless_traffic_over
	! kbpctl status | grep threaded || fail 'the status still names threaded NAPIs'
done
unload
