# SPDX-License-Identifier: GPL-2.0
# story: unload drains enabled cores; softirq goes on where they were

. words.sh

steer eth0 1
load
expect 0 kbpctl enable --cores 1
lossless_traffic 1
unload
busy 1 guest_echo 300
lossless_traffic_over
busy 1 lossless host_echo
