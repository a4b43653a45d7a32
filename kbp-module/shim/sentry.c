// SPDX-License-Identifier: GPL-2.0
/*
 * The sentry: while its poller sleeps, softirq serves the core, as without KBP, and the poller is
 * called when softirq does not get through.
 *
 * Softirq is as fast as anything can be while it runs at the end of the interrupt: nobody need be
 * woken.  It is in trouble when what was raised does not run: behind ksoftirqd, which waits for the
 * CPU like any task, behind another softirq, or with bottom halves off.  A timer looks for that, which
 * is only set when a raise does not run next.  That softirq has used up its budget is no sign: it
 * goes on at once, on recent kernels for as long as it takes.
 *
 * Called, the poller takes the core when the scheduler lets it, and softirq may serve meanwhile:
 * both take from the same list with bottom halves off, so whoever comes first has it.  What it has
 * not worked off when it leaves again is softirq's.
 */
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel_stat.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_shim.h"
#include "compat/hrtimer.h"
#include "compat/net_rx_flag.h"

/* What was raised may wait this long before the poller is called. */
#define KBP_SENTRY_NS (100 * NSEC_PER_USEC)

/*
 * struct kbp_sentry - of one core
 * @timer: looks whether what was raised has run
 * @ksoftirqd: the core's
 * @progress: of the core's receive work, when the timer last looked
 * @was_late: the last look came late and saw none
 *
 * Invariant: as gate-local; @ksoftirqd is written before there is a poller, and its thread never
 * ends.
 */
struct kbp_sentry {
	struct hrtimer timer;
	struct task_struct *ksoftirqd;
	unsigned int progress;
	bool was_late;
};

static DEFINE_PER_CPU(struct kbp_sentry, kbp_sentries);

/*
 * Grows while NET_RX runs: packets into the stack, and runs, since what XDP takes is none.
 *
 * Context: on the core, interrupts off.
 */
static unsigned int kbp_net_rx_progress(void)
{
	return this_cpu_read(softnet_data.processed) +
	       kstat_softirqs_cpu(NET_RX_SOFTIRQ, smp_processor_id());
}

/* Context: on the core, interrupts off; posted. */
static void kbp_sentry_call(struct kbp_gate *gate)
{
	gate->sentry = false;
	wake_up_process(gate->poller);
}

/*
 * Will softirqs run when this interrupt ends?  Not behind others, nor when they are off; and older
 * kernels leave all of them to ksoftirqd once that is to run.
 *
 * Context: on the core, interrupts off.
 */
static bool kbp_softirqs_run_next(const struct kbp_sentry *sentry)
{
	return in_hardirq() && !softirq_count() && !task_is_running(sentry->ksoftirqd);
}

/**
 * kbp_sentry_raised() - NET_RX is about to be raised on a core with a sentry
 *
 * Context: any, interrupts off; posted.
 */
void kbp_sentry_raised(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);
	struct kbp_sentry *sentry = this_cpu_ptr(&kbp_sentries);

	if (kbp_softirqs_run_next(sentry) || hrtimer_is_queued(&sentry->timer))
		return;
	gate->called_ns = ktime_get_mono_fast_ns();
	sentry->progress = kbp_net_rx_progress();
	sentry->was_late = false;
	hrtimer_start(&sentry->timer, ns_to_ktime(KBP_SENTRY_NS), HRTIMER_MODE_REL_PINNED_HARD);
}
EXPORT_SYMBOL_GPL(kbp_sentry_raised);

/* Context: hard interrupt. */
static enum hrtimer_restart kbp_sentry_look(struct hrtimer *timer)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);
	struct kbp_sentry *sentry = this_cpu_ptr(&kbp_sentries);
	unsigned int progress = kbp_net_rx_progress();
	u64 forwards;

	/*
	 * A timer of a core that went offline may end here, where it says nothing.  What runs next is in
	 * no trouble, and packets that come with the timer would keep it going, each of them behind it.
	 */
	if (timer != &sentry->timer || !gate->sentry ||
	    !(local_softirq_pending() & BIT(NET_RX_SOFTIRQ)) || kbp_softirqs_run_next(sentry))
		return HRTIMER_NORESTART;
	forwards = hrtimer_forward_now(timer, ns_to_ktime(KBP_SENTRY_NS));
	if (progress != sentry->progress) {
		/* It has run since, and was raised once more. */
		gate->called_ns = ktime_get_mono_fast_ns();
		sentry->progress = progress;
		sentry->was_late = false;
	} else if (forwards == 1 || sentry->was_late) {
		kbp_sentry_call(gate);
		return HRTIMER_NORESTART;
	} else {
		/* So late, the host had the core, and not what NET_RX waits for. */
		sentry->was_late = true;
	}
	return HRTIMER_RESTART;
}

/**
 * kbp_sentry_begin() - softirq serves this core from here on, and the poller is to be called
 *
 * The core is given as for good (kbp_gate_give()), so what waits is softirq's, at once where the
 * kernel lets it run here.  Where not, on older kernels behind a ksoftirqd that waits for the CPU,
 * the poller counts as called, and serves it: nobody else would.
 *
 * Context: kbp/N thread on its core, bottom halves on.
 * Return: false when the gate is closed: nothing was changed.
 */
bool kbp_sentry_begin(void)
{
	struct kbp_gate *gate;
	unsigned int progress = 0;
	bool owned, waited = false;

	local_bh_disable();
	local_irq_disable();
	gate = this_cpu_ptr(&kbp_gate);
	owned = gate->owned;
	if (owned) {
		kbp_gate_shut_here();
		gate->called_ns = 0;
		gate->sentry = true;
		waited = kbp_net_rx_waits(smp_processor_id());
		progress = kbp_net_rx_progress();
		if (waited) {
			kbp_sentry_raised();
			/* It has waited before. */
			gate->called_ns = 0;
		}
	}
	local_irq_enable();
	local_bh_enable();
	if (waited) {
		local_irq_disable();
		if (kbp_net_rx_waits(smp_processor_id()) && progress == kbp_net_rx_progress())
			gate->sentry = false;
		local_irq_enable();
	}
	return owned;
}

/**
 * kbp_sentry_end() - the poller serves this core again
 *
 * Control may have closed the gate meanwhile, for a core that it stops; the poller finds its order
 * before it polls, and gives the core.
 *
 * Context: kbp/N thread on its core, after kbp_sentry_begin() which has begun.
 * Return: whether the poller was called.
 */
bool kbp_sentry_end(void)
{
	struct kbp_gate *gate;
	bool called;

	local_irq_disable();
	gate = this_cpu_ptr(&kbp_gate);
	called = !gate->sentry;
	if (!called)
		gate->called_ns = 0;
	gate->sentry = false;
	kbp_gate_own_here(gate);
	kbp_backlog_claim(this_cpu_ptr(&softnet_data), current);
	local_irq_enable();
	hrtimer_cancel(&raw_cpu_ptr(&kbp_sentries)->timer);
	return called;
}

/* Context: process context. */
static struct task_struct *kbp_find_ksoftirqd(u32 core)
{
	struct task_struct *task, *found = NULL;
	char name[TASK_COMM_LEN];

	snprintf(name, sizeof(name), "ksoftirqd/%u", core);
	rcu_read_lock();
	for_each_process(task)
	{
		if ((task->flags & PF_KTHREAD) && !strcmp(task->comm, name)) {
			found = task;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/**
 * kbp_sentry_prepare() - before a core gets its first poller
 * @core: an online core without a thread
 *
 * Context: process context, control lock.
 * Return: 0, or -ESRCH when the core has no ksoftirqd.
 */
int kbp_sentry_prepare(u32 core)
{
	struct kbp_sentry *sentry = per_cpu_ptr(&kbp_sentries, core);

	if (sentry->ksoftirqd)
		return 0;
	sentry->ksoftirqd = kbp_find_ksoftirqd(core);
	if (!sentry->ksoftirqd)
		return -ESRCH;
	hrtimer_setup(&sentry->timer, kbp_sentry_look, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	return 0;
}
