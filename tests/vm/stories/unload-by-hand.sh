# SPDX-License-Identifier: GPL-2.0
# story: writing 0 to the livepatch's `enabled` gives all cores back first

. words.sh

patch=/sys/kernel/livepatch/kbp_livepatch
steer eth0 1
load
expect 0 kbpctl enable --cores 1
lossless_traffic 1
for module in kbp_livepatch kbp; do
	expect 1 rmmod $module
	says 'Resource temporarily unavailable'
done
echo 0 >$patch/enabled
off 1
until_true 15 'the livepatch is out' [ ! -e $patch ]
busy 1 guest_echo 300
lossless_traffic_over
expect 3 kbpctl enable --cores 1
load
expect 0 kbpctl enable --cores 1
quiet 1 lossless guest_echo 300
unload
