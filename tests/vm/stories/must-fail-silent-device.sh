# SPDX-License-Identifier: GPL-2.0
# story: two NICs, of which one receives nothing
# fails: kbp/1 polled no packet of ktn0

. words.sh

testnic
steer eth0 1
load
expect 0 kbpctl enable --cores 1
polls_each 1 'eth0 ktn0' guest_echo 100
