# SPDX-License-Identifier: GPL-2.0
# story: the times of a core add up to the time that passes, in every mode, idle and busy

. words.sh

steer eth0 1
load
for mode in '--irq armed --idle spin' '--irq masked --idle spin' '--irq armed --idle adaptive:200' \
	'--irq masked --idle adaptive:200'; do
	# shellcheck disable=SC2086 # options
	expect 0 kbpctl enable --cores 1 $mode
	time_adds_up 1 usleep 2200000
	time_adds_up 1 guest_echo 1100 500
	hog 1
	time_adds_up 1 guest_echo 1100 500
	hog_over
done
# Time given back counts, too, once the core is served again.
expect 0 kbpctl set --cores 1 --idle spin
yielded() { given_back 1; sleep 2; served 1; }
time_adds_up 1 yielded
[ "$(counter 1 yielded_ns)" -gt 0 ] || fail 'no time was given back'
expect 0 kbpctl disable
books_agree 1
unload
