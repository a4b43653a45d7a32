# SPDX-License-Identifier: GPL-2.0
# story: load, enable, UDP echo both ways without loss, disable, unload, and all again

. words.sh

steer eth0 1
# As an operator gets it, softirq with a poller in reserve, and with a poller that is always there.
for way in 'busy load_plain' 'quiet load'; do
	${way#* }
	expect 0 kbpctl enable --cores 1
	served 1
	${way% *} 1 lossless host_echo
	${way% *} 1 lossless guest_echo 1500
	expect 0 kbpctl disable
	off 1
	unload
done
busy 1 lossless host_echo
