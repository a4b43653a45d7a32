// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of each core: whether the poller or the kernel's softirq serves it.
 * In C because hooks read it and it is per-CPU data.
 */
#include <linux/bottom_half.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_kernel.h"
#include "kbp_shim.h"
#include "compat/net_rx_flag.h"

DEFINE_PER_CPU_ALIGNED(struct kbp_gate, kbp_gate);
EXPORT_PER_CPU_SYMBOL_GPL(kbp_gate);

/**
 * kbp_gate_own_here() - from here on this core is a poller's, and watched
 * @gate: of this core
 *
 * One step for who keeps the poller away: no core is owned without the watch that knows.
 *
 * Context: on the core, interrupts off.
 */
void kbp_gate_own_here(struct kbp_gate *gate)
{
	WRITE_ONCE(gate->owned, true);
	kbp_watch_is_wanted();
}

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
	gate->called_ns = 0;
	gate->suspected_ns = 0;
	gate->rescued = false;
	gate->sentry = false;
	kbp_gate_own_here(gate);
	kbp_backlog_claim(this_cpu_ptr(&softnet_data), current);
	local_irq_enable();
}

/**
 * kbp_gate_shut_here() - from here on softirq serves this core
 *
 * NET_RX is raised whatever the list holds, so that everything a poll cycle would still have
 * done is done now.  NAPIs that were held are let go: the softirq polls them once, and their
 * drivers arm the interrupts.
 *
 * Context: on the core, interrupts off.
 */
void kbp_gate_shut_here(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);

	gate->owned = false;
	gate->sentry = false;
	gate->wake = false;
	kbp_end_net_rx_action(sd);
	kbp_backlog_release(sd);
	kbp_let_go_of_list(&sd->poll_list);
	kbp_raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

/**
 * kbp_gate_let_go_here() - softirq polls what the poller holds, once, and the poller keeps the core
 *
 * Their drivers arm the interrupts, and what comes then waits for the poller like anything else.
 *
 * Context: on the core, in an interrupt that has not come to the poller; gate open.
 */
void kbp_gate_let_go_here(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);

	kbp_let_go_of_list(this_cpu_ptr(&softnet_data.poll_list));
	gate->owned = false;
	kbp_raise_softirq_irqoff(NET_RX_SOFTIRQ);
	kbp_gate_own_here(gate);
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
	kbp_gate_shut_here();
	local_irq_enable();
	local_bh_enable();
}

/* Context: IPI. */
static void kbp_gate_shut_ipi(void *unused)
{
	if (this_cpu_read(kbp_gate.owned))
		kbp_gate_shut_here();
}

/**
 * kbp_gate_shut() - give a core to softirq from outside, whatever its poller does
 * @core: an online core
 *
 * The poller may be waiting for the CPU behind a real-time task; packets must not wait with it.
 * Once it runs it finds the gate closed and takes nothing.
 *
 * Context: process context, interrupts on, @core cannot go offline.
 */
void kbp_gate_shut(u32 core)
{
	smp_call_function_single(core, kbp_gate_shut_ipi, NULL, true);
}

/**
 * kbp_gate_reset() - forget that the core was taken from a thread that has ended
 * @core: a possible core that has no thread
 */
void kbp_gate_reset(u32 core)
{
	WRITE_ONCE(per_cpu(kbp_gate, core).rescued, false);
}

/**
 * kbp_gate_raises() - how many NET_RX softirqs the poller of @core was told of instead
 * @core: a possible core
 *
 * Context: any.
 */
u64 kbp_gate_raises(u32 core)
{
	return READ_ONCE(per_cpu(kbp_gate, core).raises);
}

/* Belongs to no device; never polled. */
static DEFINE_PER_CPU(struct napi_struct, kbp_trial_napi);

/* Context: interrupts off, the kernel's flag not set. */
static void kbp_try_schedules(void)
{
	struct napi_struct *napi = this_cpu_ptr(&kbp_trial_napi);

	INIT_LIST_HEAD(&napi->poll_list);
	__napi_schedule(napi);
	list_del_init(&napi->poll_list);
	__napi_schedule_irqoff(napi);
	list_del_init(&napi->poll_list);
}

/*
 * Raises NET_RX in all ways as if the poller served this core, and looks whether the hooks stop
 * it.  The backlog's schedules may pass by the hooks (see backlog.c).  What was pending before is
 * pending afterwards, and nobody is woken.  Only what the hooks write is put back: control may clear
 * @rescued from another core meanwhile.
 *
 * Context: interrupts off; bottom halves off or in an interrupt.
 */
static bool kbp_hooks_stop_net_rx(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);
	bool flag = kbp_in_net_rx_action(sd);
	u32 net_rx = BIT(NET_RX_SOFTIRQ);
	u32 pending = local_softirq_pending();
	u64 raises = gate->raises;
	bool owned = gate->owned;
	bool wake = gate->wake;
	bool live;

	set_softirq_pending(pending & ~net_rx);
	kbp_end_net_rx_action(sd);
	gate->owned = true;
	gate->wake = false;
	kbp_try_schedules();
	kbp_raise_softirq_in_irq(NET_RX_SOFTIRQ);
	live = !(local_softirq_pending() & net_rx);
	kbp_raise_softirq_irqoff(NET_RX_SOFTIRQ);
	this_cpu_write(kbp_backlog.escapes, local_softirq_pending() & net_rx);
	gate->owned = owned;
	gate->wake = wake;
	gate->raises = raises;
	if (flag)
		kbp_begin_net_rx_action(sd);
	set_softirq_pending((local_softirq_pending() & ~net_rx) | (pending & net_rx));
	return live;
}

/**
 * kbp_hooks_in_effect() - do the hooks stop NET_RX on this core, for this task?
 *
 * Context: process context or kbp/N thread, bottom halves on.
 */
bool kbp_hooks_in_effect(void)
{
	bool live;

	local_bh_disable();
	local_irq_disable();
	live = kbp_hooks_stop_net_rx();
	local_irq_enable();
	local_bh_enable();
	return live;
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
