# SPDX-License-Identifier: GPL-2.0
# story: a core whose poller is kept away goes to softirq, says who did it, and can be enabled again
# tool: chrt
# warning: has not run for

. words.sh

# is_spinning: the task is what it is going to be; on a slow host its programs take their time to start.
is_spinning() { [ "$(tr '\0' ' ' <"/proc/$hog_pid/cmdline" | cut -c-11) $(cat "/proc/$hog_pid/comm")" = 'sh -c while sh' ]; }

testnic
load
if has_events; then echo 1 >/sys/kernel/tracing/events/kbp/rescue/enable; fi
for irq in armed masked; do
	expect 0 kbpctl enable --cores 1 --irq $irq --rescue 50
	tn_start cpu=1 period_ns=1000000 burst=4 cost_ns=0 count=0
	usleep 300000
	rescues=$(counter 1 rescues)
	hog 1
	until_true 20 'the task spins' is_spinning
	chrt -f -p 50 "$hog_pid"
	yielded 1 rescue
	same rescues $((rescues + 1)) "$(counter 1 rescues)"
	same 'who had the core' sh "$(status_field cores.1.rescue.comm)"
	# Where no softirq runs while ksoftirqd waits, here for the task, its packets wait, too, with or without
	# KBP, and the ring overflows.
	if kernel_has steady-softirqs; then busy 1 usleep 500000; else usleep 500000; fi
	# The thread cannot end while the task runs; the core stays with softirq, and both say so.
	expect 1 kbpctl enable --cores 1
	says 'has not ended' 'real-time task'
	expect 1 kbpctl disable
	says 'softirq serves the core'
	expect 1 kbpctl unload
	says 'has not ended'
	hog_over
	expect 0 kbpctl enable --cores 1
	served 1
	tn_stop
	if kernel_has steady-softirqs; then
		same 'packets the NIC delivered' "$(tn_stat generated)" "$(tn_stat delivered)"
	else
		note "$(tn_stat delivered) of $(tn_stat generated) packets beside the task"
		# Its drops count no more.
		echo 1 >$tn/reset
	fi
	quiet 1 lossless tn_run cpu=1 period_ns=200000 burst=2 count=2000
	same 'rescues in all' $((rescues + 1)) "$(counter 1 rescues)"
	expect 0 kbpctl disable
done
! has_events || same 'kbp:rescue events' 2 "$(grep -c ' rescue: core=1 held_by=sh/' /sys/kernel/tracing/trace)"
same 'warnings' 2 "$(dmesg | grep -c 'has not run for 50 ms')"
unload
