# SPDX-License-Identifier: GPL-2.0
# story: traffic that does not arrive on the enabled core
# fails: kbp/1 polled no packet

. words.sh

steer eth0 0
load
expect 0 kbpctl enable --cores 1
quiet 1 guest_echo 100
