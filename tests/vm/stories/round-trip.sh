# SPDX-License-Identifier: GPL-2.0
# story: load, enable, UDP echo both ways without loss, disable, unload, and all again

. words.sh

steer eth0 1
for round in 1 2; do
	load
	expect 0 kbpctl enable --cores 1
	served 1
	quiet 1 lossless host_echo
	quiet 1 lossless guest_echo 1500
	expect 0 kbpctl disable
	off 1
	unload
done
busy 1 lossless host_echo
