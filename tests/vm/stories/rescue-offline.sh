# SPDX-License-Identifier: GPL-2.0
# story: a core with a stuck poller goes offline all the same: the kernel moves the task
# tool: chrt
# warning: has not run for|no longer affine to cpu1

. words.sh

testnic
load
expect 0 kbpctl enable --cores 1
tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=0 count=0
usleep 300000
# It ends by itself: on core 0, where it is going to be moved, nobody could end it. Round robin, so
# that its own clock-watching thread gets its turn.
chrt -r 50 kbp-bench hog --cpu 1 --seconds 4 &
hog=$!
yielded 1 rescue
tn_stop
echo 0 >/sys/devices/system/cpu/cpu1/online
yielded 1 'core offline'
wait $hog
echo 1 >/sys/devices/system/cpu/cpu1/online
served 1
same 'packets the NIC delivered' "$(tn_stat generated)" "$(tn_stat delivered)"
unload
