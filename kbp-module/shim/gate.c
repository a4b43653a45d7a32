// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of each core: whether the poller or the kernel's softirq serves it.
 * In C because hooks read it and it is per-CPU data.
 */
#include <linux/bottom_half.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "kbp_hooks.h"
#include "kbp_kernel.h"
#include "kbp_shim.h"

DEFINE_PER_CPU_ALIGNED(struct kbp_gate, kbp_gate);
EXPORT_PER_CPU_SYMBOL_GPL(kbp_gate);

/**
 * kbp_gate_take() - from here on the calling thread serves this core
 *
 * Context: kbp/N thread on its core, bottom halves on.
 */
void kbp_gate_take(void)
{
	struct kbp_gate *gate;

	local_irq_disable();
	gate = this_cpu_ptr(&kbp_gate);
	gate->poller = current;
	gate->wake = false;
	gate->owned = true;
	local_irq_enable();
}

/*
 * From here on softirq serves this core.  NET_RX is raised whatever the list holds, so that
 * everything a poll cycle would still have done is done now.
 *
 * Context: on the core, interrupts off.
 */
static void kbp_gate_shut_here(void *unused)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);

	gate->owned = false;
	gate->wake = false;
	kbp_raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

/**
 * kbp_gate_give() - from here on softirq serves this core; safe to call twice
 *
 * Raised with bottom halves off, NET_RX runs in this thread at local_bh_enable(); raised
 * outside it would wake ksoftirqd, behind which 6.1 lets all softirqs of the core wait.
 *
 * Context: kbp/N thread on its core, bottom halves on.
 */
void kbp_gate_give(void)
{
	local_bh_disable();
	local_irq_disable();
	kbp_gate_shut_here(NULL);
	local_irq_enable();
	local_bh_enable();
}

/**
 * kbp_gate_shut() - give a core to softirq from outside, whatever its poller does
 * @core: an online core
 *
 * The poller may be waiting for the CPU behind a real-time task; packets must not wait with it.
 * It finds the stop request before it would open the gate again.
 *
 * Context: process context, interrupts on, @core cannot go offline.
 */
void kbp_gate_shut(u32 core)
{
	smp_call_function_single(core, kbp_gate_shut_here, NULL, true);
}

/**
 * kbp_gate_schedules() - how often work was queued for the poller of @core
 * @core: a possible core
 *
 * Context: any.
 */
u64 kbp_gate_schedules(u32 core)
{
	return READ_ONCE(per_cpu(kbp_gate, core).schedules);
}

/**
 * kbp_hooks_changed() - the livepatch tells that its hooks come or go
 * @live: true: in effect for every task; false: about to be taken out
 *
 * Context: process context, may sleep; klp_mutex held.
 */
void kbp_hooks_changed(bool live)
{
	kbp_rs_hooks_changed(live);
}
EXPORT_SYMBOL_GPL(kbp_hooks_changed);
