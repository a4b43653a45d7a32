// SPDX-License-Identifier: GPL-2.0
/* Poller threads as control sees them: making, telling, waiting for their end. */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/topology.h>

#include "kbp_gate.h"
#include "kbp_poller.h"
#include "kbp_shim.h"
#include "kbp_thread.h"

DEFINE_PER_CPU(struct kbp_thread, kbp_threads);

static int kbp_thread_main(void *data)
{
	u32 core = (unsigned long)data;
	struct kbp_thread *self = per_cpu_ptr(&kbp_threads, core);
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
	/* Pushed away now, it comes to a core whose real-time tasks would keep one of low priority for ever. */
	sched_set_normal(current, 0);
	migrate_enable();

	/* Tells who waits, in code that is never unloaded; so the module may go right after. */
	kthread_complete_and_exit(&self->ended, 0);
}

/**
 * kbp_thread_make() - start a thread bound to @core that serves it
 * @core: an online core without a thread
 * @fifo: SCHED_FIFO, else SCHED_NORMAL
 * @nice: for SCHED_NORMAL
 *
 * Context: process context, may sleep; control lock.
 * Return: 0 or an errno.
 */
int kbp_thread_make(u32 core, bool fifo, s32 nice)
{
	struct kbp_thread *thread = per_cpu_ptr(&kbp_threads, core);
	struct task_struct *task;
	int error;

	error = kbp_sentry_prepare(core);
	if (error)
		return error;
	task = kthread_create_on_node(kbp_thread_main, (void *)(unsigned long)core,
				      cpu_to_node(core), "kbp/%u", core);
	if (IS_ERR(task))
		return PTR_ERR(task);
	/* So that its slot never holds a dead pointer. */
	thread->task = get_task_struct(task);
	thread->stop = false;
	thread->nudged = false;
	init_completion(&thread->ended);
	kthread_bind(task, core);
	kbp_thread_schedule_as(core, fifo, nice);
	wake_up_process(task);
	return 0;
}

/**
 * kbp_thread_schedule_as() - set the scheduling policy of a core's thread, if it has one
 * @core: a possible core
 * @fifo: SCHED_FIFO, else SCHED_NORMAL
 * @nice: for SCHED_NORMAL
 *
 * The lowest FIFO priority is above every normal task and below every thread that somebody gave
 * a real-time priority: a threaded interrupt handler on this core must not wait for a poller.
 *
 * Context: process context, may sleep; control lock.
 */
void kbp_thread_schedule_as(u32 core, bool fifo, s32 nice)
{
	struct kbp_thread *thread = per_cpu_ptr(&kbp_threads, core);

	if (!thread->task)
		return;
	/* Before the act, whose lock orders it: see kbp_thread_be_as_wanted(). */
	WRITE_ONCE(thread->fifo, fifo);
	WRITE_ONCE(thread->nice, nice);
	if (fifo)
		sched_set_fifo_low(thread->task);
	else
		sched_set_normal(thread->task, nice);
}

/**
 * kbp_thread_nudge() - a core's thread, if there is one, looks at its orders now
 * @core: a possible core
 *
 * Context: process context; control lock.
 */
void kbp_thread_nudge(u32 core)
{
	struct kbp_thread *thread = per_cpu_ptr(&kbp_threads, core);

	if (!thread->task)
		return;
	/* Pairs with the barrier of set_current_state() in sleep.c: the sleeper sees the nudge or
	 * is woken.
	 */
	WRITE_ONCE(thread->nudged, true);
	wake_up_process(thread->task);
}

/**
 * kbp_thread_ask_stop() - a core's thread, if there is one, shall end
 * @core: a possible core
 *
 * Context: process context; control lock.
 */
void kbp_thread_ask_stop(u32 core)
{
	WRITE_ONCE(per_cpu(kbp_threads, core).stop, true);
	kbp_thread_nudge(core);
}

/**
 * kbp_thread_take_stop_back() - a core's thread that was asked to end need not, if it has not begun
 * @core: a possible core
 *
 * Context: process context; control lock.
 */
void kbp_thread_take_stop_back(u32 core)
{
	WRITE_ONCE(per_cpu(kbp_threads, core).stop, false);
}

/*
 * Waits until @task has left its CPU for good.  When it says that it has ended it still has the way of every
 * task to go, at the end of which it is on no list.  A livepatch transition that begins then, as that of an
 * unload, does not see it, and the kernel warns when an interrupt of such a task comes to a hook.
 *
 * Context: process context, may sleep; a reference to @task is held.
 */
static bool kbp_thread_is_gone_by(struct task_struct *task, unsigned long end)
{
	while (READ_ONCE(task->__state) != TASK_DEAD || READ_ONCE(task->on_cpu)) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 200);
	}
	return true;
}

/**
 * kbp_thread_join() - wait until a core's thread has ended
 * @core: a possible core
 * @ms: how long at most
 *
 * A thread that has not ended keeps the module loaded; ask again later.
 *
 * Context: process context, may sleep; control lock.
 * Return: whether there is no thread any more.
 */
bool kbp_thread_join(u32 core, u32 ms)
{
	struct kbp_thread *thread = per_cpu_ptr(&kbp_threads, core);
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	bool gone;

	if (!thread->task)
		return true;
	gone = wait_for_completion_timeout(&thread->ended, msecs_to_jiffies(ms));
	if (gone && !kbp_thread_is_gone_by(thread->task, end)) {
		/* For who asks again. */
		complete(&thread->ended);
		gone = false;
	}
	if (!gone) {
		if (!thread->pins_module)
			__module_get(THIS_MODULE);
		thread->pins_module = true;
		return false;
	}
	put_task_struct(thread->task);
	thread->task = NULL;
	/* What became of its core is told by who ends it, from here on. */
	kbp_gate_reset(core);
	if (thread->pins_module)
		module_put(THIS_MODULE);
	thread->pins_module = false;
	return true;
}

/**
 * kbp_thread_pid() - pid of a core's thread in the initial pid namespace, 0: it has none
 * @core: a possible core
 *
 * Context: control lock.
 */
s32 kbp_thread_pid(u32 core)
{
	struct kbp_thread *thread = per_cpu_ptr(&kbp_threads, core);

	/* One that has ended and was not joined: a stop that took too long. */
	if (!thread->task || completion_done(&thread->ended))
		return 0;
	return task_pid_nr(thread->task);
}
