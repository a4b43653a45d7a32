# SPDX-License-Identifier: GPL-2.0
# story: masked: a poller that is kept away from NAPIs without packets keeps its core until packets wait
# tool: chrt
# warning: has not run for

. words.sh

steer eth0 1
load
expect 0 kbpctl enable --cores 1 --irq masked --rescue 50
quiet 1 lossless guest_echo 100
hog 1
chrt -f -p 50 "$hog_pid"
usleep 1000000
served 1
same rescues 0 "$(counter 1 rescues)"
# What was held has been let go, so that the next packet calls.
before=$(interrupts)
busy 1 lossless guest_echo 200
[ "$(interrupts)" -gt "$before" ] || fail 'no interrupt came'
yielded 1 rescue
same rescues 1 "$(counter 1 rescues)"
hog_over
expect 0 kbpctl enable --cores 1
quiet 1 lossless guest_echo 200
unload
