// SPDX-License-Identifier: GPL-2.0
/* Poller threads: making, stopping, sleeping.  In C for the task-state macros. */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/timekeeping.h>
#include <linux/topology.h>

#include "kbp_hooks.h"
#include "kbp_poller.h"
#include "kbp_shim.h"

static int kbp_thread_main(void *data)
{
	u32 core = (unsigned long)data;
	struct kbp_poller poller = {
		.list = LIST_HEAD_INIT(poller.list),
		.repoll = LIST_HEAD_INIT(poller.repoll),
	};

	/*
	 * A core going down pushes away every thread that is not strictly per-CPU, before our
	 * hotplug callback runs.  Pinned, this one stays until the callback has stopped it.
	 */
	migrate_disable();
	kbp_rs_poll(core, &poller);
	migrate_enable();

	/* kthread_stop() wants a thread that is still there. */
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/**
 * kbp_thread_create() - a SCHED_FIFO thread bound to @core, not yet running
 * @core: an online core
 *
 * Context: process context, may sleep.
 * Return: the thread or an ERR_PTR.
 */
struct task_struct *kbp_thread_create(u32 core)
{
	struct task_struct *thread;

	thread = kthread_create_on_node(kbp_thread_main, (void *)(unsigned long)core,
					cpu_to_node(core), "kbp/%u", core);
	if (IS_ERR(thread))
		return thread;
	/* So that its slot never holds a dead pointer, even if it should die early. */
	get_task_struct(thread);
	kthread_bind(thread, core);
	/* Above every normal task, below every thread that somebody gave a real-time priority: a
	 * threaded interrupt handler on this core must not wait for a poller.
	 */
	sched_set_fifo_low(thread);
	return thread;
}

/**
 * kbp_thread_start() - let a created thread run
 * @thread: from kbp_thread_create()
 *
 * Context: any.
 */
void kbp_thread_start(struct task_struct *thread)
{
	wake_up_process(thread);
}

/**
 * kbp_thread_stop() - ask a thread to end and wait until it has
 * @thread: from kbp_thread_create(), started or not; gone afterwards
 *
 * Context: process context, may sleep.
 */
void kbp_thread_stop(struct task_struct *thread)
{
	kthread_stop_put(thread);
}

/**
 * kbp_thread_pid() - its pid in the initial pid namespace
 * @thread: not yet stopped
 */
s32 kbp_thread_pid(struct task_struct *thread)
{
	return task_pid_nr(thread);
}

/**
 * kbp_thread_should_stop() - has kbp_thread_stop() been called for this thread?
 *
 * Context: kbp/N thread.
 */
bool kbp_thread_should_stop(void)
{
	return kthread_should_stop();
}

/* TASK_FREEZABLE is what lets a livepatch transition move the thread on 6.16 and later. */
#define KBP_SLEEPING (TASK_INTERRUPTIBLE | TASK_FREEZABLE)

/**
 * kbp_thread_sleep_until_work() - leave the core until a NAPI is scheduled, or for two ticks
 *
 * The test of the list and the arming of the gate are one step with interrupts off, and
 * NAPIs are linked on this core with interrupts off, so none slips in between.
 * The timer wheel bounds the sleep, because the tick runs anyway while another task does.
 *
 * Context: kbp/N thread, bottom halves on.
 * Return: true when woken by a NAPI (or to stop), or there was one already.
 */
bool kbp_thread_sleep_until_work(void)
{
	bool work;
	long left;

	set_current_state(KBP_SLEEPING);
	local_irq_disable();
	work = !list_empty(&this_cpu_ptr(&softnet_data)->poll_list);
	__this_cpu_write(kbp_gate.wake, !work);
	local_irq_enable();
	if (work || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		schedule();
		left = 1;
	} else {
		left = schedule_timeout(1);
	}
	this_cpu_write(kbp_gate.wake, false);
	return left > 0;
}

/**
 * kbp_thread_sleep_firmly() - leave the core for a while, whatever is scheduled meanwhile
 * @ns: how long
 *
 * Context: kbp/N thread, bottom halves on.
 */
void kbp_thread_sleep_firmly(u64 ns)
{
	ktime_t timeout = ns_to_ktime(ns);

	set_current_state(KBP_SLEEPING);
	if (!kthread_should_stop())
		schedule_hrtimeout_range(&timeout, 0, HRTIMER_MODE_REL);
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

/**
 * kbp_thread_others_waiting() - does another task want this core?
 *
 * Context: kbp/N thread.
 */
bool kbp_thread_others_waiting(void)
{
	return !single_task_running();
}

/**
 * kbp_thread_relax() - pause the pipeline for a moment
 *
 * Context: kbp/N thread.
 */
void kbp_thread_relax(void)
{
	cpu_relax();
}

/**
 * kbp_now_ns() - monotonic time
 *
 * Context: any.
 */
u64 kbp_now_ns(void)
{
	return ktime_get_mono_fast_ns();
}
