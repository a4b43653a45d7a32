# SPDX-License-Identifier: GPL-2.0
# story: a transition is reversed midway, ours and a foreign one: all converges, no loss

. words.sh

ours=/sys/kernel/livepatch/kbp_livepatch
settled() { [ ! -e $ours ] || [ "$(cat $ours/transition)" = 0 ]; }
steer eth0 1
load
expect 0 kbpctl enable --cores 1
hog 1
lossless_traffic 1
insmod /lib/kbp/tests/kbp_foreign.ko
for round in 1 2 3 4 5 6; do
	# EINVAL: the transition was over before the write.
	echo 0 >$foreign/enabled || true
	[ ! -e $foreign ] || echo 1 >$foreign/enabled || true
	[ ! -e $foreign ] || usleep 200000
done
[ ! -e $foreign ] || echo 0 >$foreign/enabled || true
until_true 20 'the foreign livepatch is out' foreign_is_out
rmmod kbp_foreign
served 1
for round in 1 2 3; do
	echo 0 >$ours/enabled || true
	[ ! -e $ours ] || echo 1 >$ours/enabled || true
done
until_true 20 'our livepatch is in or out' settled
expect 0 kbpctl disable
load
expect 0 kbpctl enable --cores 1
served 1
lossless_traffic_over
quiet 1 lossless guest_echo 300
hog_over
unload
