// SPDX-License-Identifier: GPL-2.0
/*
 * Hook for raise_softirq_irqoff(): where the scheduling of a NAPI ends, wherever the compiler has
 * inlined it: drivers, the backlog of loopback, veth and RPS, the deferral timer.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "hooks.h"
#include "raise.h"
#include "kbp_hooks.h"

DECLARE_PER_CPU(struct task_struct *, ksoftirqd);

/**
 * kbp_hook_raise_softirq_irqoff() - stands in for raise_softirq_irqoff()
 * @nr: which softirq
 *
 * Context: any, interrupts off.
 */
void kbp_hook_raise_softirq_irqoff(unsigned int nr)
{
	struct task_struct *thread;

	if (nr == NET_RX_SOFTIRQ && kbp_gate_admit())
		return;
	kbp_mark_softirq(nr);
	/* Outside interrupts nobody would run it soon. */
	if (in_interrupt())
		return;
	thread = __this_cpu_read(ksoftirqd);
	if (thread)
		wake_up_process(thread);
}
