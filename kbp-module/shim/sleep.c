// SPDX-License-Identifier: GPL-2.0
/* How a poller leaves its core for a while.  In C for the task-state macros. */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/stat.h>
#include <linux/timekeeping.h>

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_shim.h"
#include "kbp_thread.h"
#include "compat/net_rx_flag.h"
#include "compat/rt_throttle.h"

/*
 * TASK_FREEZABLE is what lets a livepatch transition move the thread on 6.16 and later.  Not
 * TASK_INTERRUPTIBLE: of a thread that sleeps so, 6.1 does not note that its NAPI was scheduled.
 */
#define KBP_SLEEPING (TASK_IDLE | TASK_FREEZABLE)

/**
 * kbp_thread_should_stop() - does control want this thread to end?
 *
 * Forgets a nudge: whoever nudges has written what it is about before.
 *
 * Context: kbp/N thread.
 */
bool kbp_thread_should_stop(void)
{
	if (this_cpu_read(kbp_threads.nudged)) {
		this_cpu_write(kbp_threads.nudged, false);
		/* Pairs with the one in wake_up_process() of kbp_thread_nudge(). */
		smp_mb();
	}
	return this_cpu_read(kbp_threads.stop);
}

/*
 * The test of the list, the end of the kernel's flag and the arming of the gate are one step with
 * interrupts off, and work is queued on this core with interrupts off: what comes before is
 * seen, what comes later is raised and finds the gate armed.
 */
static bool kbp_arm_unless_work(void)
{
	bool work;

	local_irq_disable();
	work = kbp_net_rx_waits(smp_processor_id()) ||
	       (local_softirq_pending() & BIT(NET_RX_SOFTIRQ)) || !this_cpu_read(kbp_gate.owned);
	if (!work) {
		this_cpu_write(kbp_gate.wake, true);
		kbp_end_net_rx_action(this_cpu_ptr(&softnet_data));
	}
	local_irq_enable();
	return work;
}

/*
 * Sleeps for about @limit_ns, unless there is a reason to @stay or control nudges.
 *
 * The timer wheel bounds a long sleep, because programming a timer of its own is dear in a VM.
 *
 * Context: kbp/N thread that has set KBP_SLEEPING.
 */
static void kbp_sleep(u64 limit_ns, bool stay)
{
	ktime_t limit = ns_to_ktime(limit_ns);

	if (stay || this_cpu_read(kbp_threads.nudged)) {
		__set_current_state(TASK_RUNNING);
		schedule();
	} else if (limit_ns < TICK_NSEC) {
		schedule_hrtimeout_range(&limit, limit_ns / 4, HRTIMER_MODE_REL);
	} else {
		schedule_timeout(nsecs_to_jiffies(limit_ns));
	}
}

/**
 * kbp_thread_sleep_until_work() - leave the core until a NAPI is scheduled, or for a time
 * @limit_ns: longest sleep, in whole ticks from one tick on
 *
 * Context: kbp/N thread, bottom halves on, no NAPI held.
 * Return: true when woken by a NAPI, or there was one already.
 */
bool kbp_thread_sleep_until_work(u64 limit_ns)
{
	bool work;

	set_current_state(KBP_SLEEPING);
	work = kbp_arm_unless_work();
	kbp_sleep(limit_ns, work);
	/* A hook that woke the thread has disarmed the gate; who is woken for the backlog finds it. */
	local_irq_disable();
	work |= !this_cpu_read(kbp_gate.wake) || kbp_net_rx_waits(smp_processor_id());
	this_cpu_write(kbp_gate.wake, false);
	local_irq_enable();
	return work;
}

/**
 * kbp_thread_stand_sentry() - leave the core until softirq fails, or for a time
 * @limit_ns: longest sleep, in whole ticks from one tick on
 *
 * Context: kbp/N thread, bottom halves on, after kbp_sentry_begin() which has begun.
 * Return: whether it was called.
 */
bool kbp_thread_stand_sentry(u64 limit_ns)
{
	set_current_state(KBP_SLEEPING);
	/* Who has been called since then is awake. */
	kbp_sleep(limit_ns, !this_cpu_read(kbp_gate.sentry));
	return kbp_sentry_end();
}

/**
 * kbp_thread_sleep_firmly() - leave the core for a while, whatever is scheduled meanwhile
 * @ns: how long, unless control nudges
 *
 * Who schedules the backlog may wake the thread, but not before its time.
 *
 * Context: kbp/N thread, bottom halves on.
 */
void kbp_thread_sleep_firmly(u64 ns)
{
	ktime_t until = ktime_add_ns(ktime_get(), ns);

	for (;;) {
		set_current_state(KBP_SLEEPING);
		if (this_cpu_read(kbp_threads.nudged) ||
		    !schedule_hrtimeout_range(&until, 0, HRTIMER_MODE_ABS))
			break;
	}
	__set_current_state(TASK_RUNNING);
}

/**
 * kbp_thread_pass_scheduler() - pass through the scheduler without sleeping
 *
 * Context: kbp/N thread, bottom halves on.
 */
void kbp_thread_pass_scheduler(void)
{
	schedule();
}

/** kbp_thread_must_reschedule() - does the scheduler want the core? Context: kbp/N thread. */
bool kbp_thread_must_reschedule(void)
{
	return need_resched();
}

/** kbp_thread_others_waiting() - does another task want this core? Context: kbp/N thread. */
bool kbp_thread_others_waiting(void)
{
	return !single_task_running();
}

/** kbp_thread_is_rationed() - will the kernel make this thread pause? Context: kbp/N thread. */
bool kbp_thread_is_rationed(void)
{
	return kbp_rt_throttled(current);
}

/**
 * kbp_thread_be_ordinary() - leave the real-time class for a while
 *
 * Alone on its core it polls on as before.  A task that comes may preempt it, until it has its
 * turn again and sees who waits.
 *
 * Context: kbp/N thread, between two cycles.
 */
void kbp_thread_be_ordinary(void)
{
	sched_set_normal(current, MIN_NICE);
}

/**
 * kbp_thread_be_as_wanted() - follow the scheduling policy that control wants
 *
 * Control writes what it wants before it sets it, and both sides set it under the task's lock: who
 * comes second there sees the wish, so it is followed in the end.
 *
 * Context: kbp/N thread, between two cycles.
 */
void kbp_thread_be_as_wanted(void)
{
	if (this_cpu_read(kbp_threads.fifo))
		sched_set_fifo_low(current);
	if (!this_cpu_read(kbp_threads.fifo))
		sched_set_normal(current, this_cpu_read(kbp_threads.nice));
}

/** kbp_now_ns() - monotonic time. Context: any. */
u64 kbp_now_ns(void)
{
	return ktime_get_mono_fast_ns();
}
