// SPDX-License-Identifier: GPL-2.0
/*
 * A backlog whose schedule got lost is put on its core's list.
 *
 * While the poller is the thread of a backlog (backlog.c), two cores may write its state at once
 * after all.  A device that goes away takes its packets out of the queue; another core finds the
 * queue empty, and writes the state with a plain instruction, while this core sets
 * SCHED_THREADED in the IPI of the schedule before.  If that bit is lost, the backlog is a stray: it
 * is SCHED, so nobody schedules it, and on no list, so nobody polls it.
 *
 * So is any backlog that another core has scheduled until the IPI comes, which would put it on the
 * list a second time.  Such a call is on the list of the core that made it, then in its hands, with
 * bottom halves off, then in the csd of the backlog.  When each core has been seen with bottom halves
 * on and an empty list, then the csd at rest, and the schedule is the same all the while, no call is
 * on its way.
 */
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "kbp_gate.h"
#include "kbp_kernel.h"
#include "kbp_shim.h"

/* How often to look, a millisecond or two apart. */
#define KBP_STRAY_LOOKS 100

/* Cores that may have a call in their hands.  Under the control lock, but for the bit of each. */
static struct cpumask kbp_may_call;

/* Context: any; true only for a backlog that was marked. */
static bool kbp_is_stray(const struct napi_struct *backlog)
{
	const unsigned long marked = BIT(KBP_NAPI_STATE_STRAY) | NAPIF_STATE_SCHED;
	const unsigned long called = NAPIF_STATE_SCHED_THREADED;

	return (READ_ONCE(backlog->state) & (marked | called)) == marked &&
	       !READ_ONCE(backlog->thread) && !kbp_backlog_is_linked(backlog);
}

/* Context: process context. */
static void kbp_mark_scheduled(struct softnet_data *sd)
{
	spin_lock_irq(&sd->input_pkt_queue.lock);
	if (test_bit(NAPI_STATE_SCHED, &sd->backlog.state))
		set_bit(KBP_NAPI_STATE_STRAY, &sd->backlog.state);
	spin_unlock_irq(&sd->input_pkt_queue.lock);
}

/* Context: IPI. */
static void kbp_see_hands(void *unused)
{
	if (!softirq_count() && !kbp_rps_waits(smp_processor_id()))
		cpumask_clear_cpu(smp_processor_id(), &kbp_may_call);
}

/* Is the backlog's IPI on its way to this core?  Context: on the core, interrupts off. */
static bool kbp_call_arrives(const struct softnet_data *sd)
{
#ifdef CONFIG_RPS
	return READ_ONCE(sd->csd.node.u_flags) & CSD_FLAG_LOCK;
#else
	return false;
#endif
}

/* Context: IPI; nobody is polling when bottom halves are on. */
static void kbp_collect_stray(void *unused)
{
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);

	if (softirq_count() || kbp_call_arrives(sd) || !kbp_is_stray(&sd->backlog))
		return;
	list_add_tail(&sd->backlog.poll_list, &sd->poll_list);
	kbp_raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

/**
 * kbp_backlog_recover() - have the backlog of a core polled if its schedule got lost
 * @core: a possible core that softirq serves
 *
 * Context: process context, control lock: no core comes or goes, and none is taken.
 * Return: false when it could not be told whether a call is on its way.
 */
bool kbp_backlog_recover(u32 core)
{
	struct softnet_data *sd = &per_cpu(softnet_data, core);
	unsigned int look;

	if (!READ_ONCE(per_cpu(kbp_backlog.escapes, core)) || !cpu_online(core))
		return true;
	kbp_mark_scheduled(sd);
	cpumask_copy(&kbp_may_call, cpu_online_mask);
	cpumask_clear_cpu(core, &kbp_may_call);
	for (look = 0; look < KBP_STRAY_LOOKS; look++) {
		if (!kbp_is_stray(&sd->backlog))
			return true;
		on_each_cpu_mask(&kbp_may_call, kbp_see_hands, NULL, true);
		if (cpumask_empty(&kbp_may_call))
			smp_call_function_single(core, kbp_collect_stray, NULL, true);
		kbp_pause();
	}
	return false;
}
