// SPDX-License-Identifier: GPL-2.0
/*
 * Rescue: a core whose poller does not run is given to softirq from outside.
 *
 * The watch (a thread of its own, on whatever core is free) only suspects: a core of a virtual
 * machine that the host does not run looks just as dead.  The suspected core itself decides, in
 * interrupts: it looks who has it, and adds up the time in which it ran, packets waited, and the
 * poller has not begun a cycle.  Of the time between two looks it believes no more than there
 * should be: the rest the host gave to others, and nobody here is to blame.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <uapi/linux/sched/types.h>
#include <linux/smp.h>

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_shim.h"
#include "compat/rt_throttle.h"

static DEFINE_PER_CPU(call_single_data_t, kbp_suspicion);
static DEFINE_PER_CPU(u64, kbp_suspicion_ns);
static struct task_struct *kbp_watch;
/* Set by kbp_watch_nudge(), cleared by the watch before it looks. */
static bool kbp_watch_nudged;
/* Whoever takes a core wakes the watch.  It says so before it looks whether somebody has one. */
static bool kbp_watch_rests;

/*
 * struct kbp_suspect - who keeps a poller away
 * @prio: its priority as the scheduler counts, the highest is the least
 * @pid: 0: not known
 * @comm: its name
 *
 * Invariant: as gate-local.
 */
struct kbp_suspect {
	int prio;
	s32 pid;
	char comm[TASK_COMM_LEN];
};

static DEFINE_PER_CPU(struct kbp_suspect, kbp_suspects);

/*
 * Is the poller kept away by the kernel?  Kernels that throttle real-time tasks stop it together
 * with the one that used up the time of both, or because the host's time was taken for its own: it
 * wants the core, and a task of a lower class has it, or none.
 *
 * Context: IPI.
 */
static bool kbp_is_throttled(struct task_struct *poller)
{
	return kbp_rt_throttled(poller) && task_is_running(poller) && !rt_task(current);
}

/*
 * Who is to blame, for people, where it is not the task that has the core; NULL: it is.  On its own
 * core the watch has taken the place of who is to blame.
 *
 * Context: IPI.
 */
static const char *kbp_other_to_blame(const struct kbp_gate *gate)
{
	if (current == kbp_watch)
		return "another task";
	if (kbp_is_throttled(gate->poller))
		return "rt throttling";
	return is_idle_task(current) ? "nobody" : NULL;
}

/*
 * Who is to blame: of those who had the core at a look, the one of the highest priority.  Anybody may
 * have it at the last one.
 *
 * Context: IPI.
 */
static void kbp_note_suspect(const struct kbp_gate *gate, bool first)
{
	struct kbp_suspect *suspect = this_cpu_ptr(&kbp_suspects);
	const char *other = kbp_other_to_blame(gate);
	int prio = other ? MAX_PRIO : current->prio;

	if (!first && prio > suspect->prio)
		return;
	suspect->prio = prio;
	suspect->pid = other ? 0 : task_pid_nr(current);
	strscpy(suspect->comm, other ?: current->comm, sizeof(suspect->comm));
}

/* Context: IPI. */
static void kbp_suspicion_ipi(void *unused)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);
	u64 limit_ns = this_cpu_read(kbp_suspicion_ns);
	u64 now_ns = ktime_get_mono_fast_ns();
	bool first;

	if (!gate->owned || !kbp_net_rx_waits(smp_processor_id()))
		return;
	if (current == gate->poller) {
		gate->suspected_ns = 0;
		return;
	}
	/* In a window of its own, or somebody forgot to wake it: by the next look it is here. */
	if (is_idle_task(current))
		wake_up_process(gate->poller);
	first = !gate->suspected_ns || gate->suspected_beat != gate->beat;
	kbp_note_suspect(gate, first);
	if (first) {
		gate->suspected_beat = gate->beat;
		gate->missed_ns = 0;
	} else {
		gate->missed_ns += min(now_ns - gate->suspected_ns, limit_ns / 2);
	}
	gate->suspected_ns = now_ns;
	if (gate->missed_ns < limit_ns)
		return;
	if (kbp_only_held_wait()) {
		gate->suspected_ns = 0;
		kbp_gate_let_go_here();
		return;
	}
	gate->rescue_pid = this_cpu_read(kbp_suspects.pid);
	strscpy(gate->rescue_comm, this_cpu_ptr(&kbp_suspects)->comm, sizeof(gate->rescue_comm));
	gate->rescue_ns = now_ns;
	gate->rescued = true;
	kbp_gate_shut_here();
}

/**
 * kbp_gate_suspect() - let a core find out whether its poller runs
 * @core: a possible core
 * @ns: how long the core must have seen the poller away before it is rescued; of the time since
 *	its last look it believes half of that, so it looks three times at least
 *
 * Context: the watch.
 */
void kbp_gate_suspect(u32 core, u64 ns)
{
	per_cpu(kbp_suspicion_ns, core) = ns;
	/* Busy (the core has not run the last one) and offline are both fine: nothing to decide. */
	smp_call_function_single_async(core, per_cpu_ptr(&kbp_suspicion, core));
}

/** kbp_gate_beat() - cycles that the poller of @core has begun. Context: any. */
u64 kbp_gate_beat(u32 core)
{
	return READ_ONCE(per_cpu(kbp_gate, core).beat);
}

/** kbp_gate_is_owned() - does a poller serve @core, and softirq not?  Context: the watch. */
bool kbp_gate_is_owned(u32 core)
{
	return READ_ONCE(per_cpu(kbp_gate, core).owned);
}

/** kbp_gate_rescued() - was @core taken from its present thread? Context: any. */
bool kbp_gate_rescued(u32 core)
{
	return READ_ONCE(per_cpu(kbp_gate, core).rescued);
}

/** kbp_gate_work_waits() - is there work for the poller of @core? A hint. Context: any. */
bool kbp_gate_work_waits(u32 core)
{
	return kbp_net_rx_waits(core);
}

/**
 * kbp_gate_last_rescue() - who had @core when it was last taken from its poller
 * @core: a possible core
 * @comm: room for 16 bytes
 * @pid: its pid
 *
 * Context: any.
 * Return: when that was (monotonic ns), 0: never.
 */
u64 kbp_gate_last_rescue(u32 core, char *comm, s32 *pid)
{
	const struct kbp_gate *gate = per_cpu_ptr(&kbp_gate, core);

	*pid = READ_ONCE(gate->rescue_pid);
	memcpy(comm, gate->rescue_comm, sizeof(gate->rescue_comm));
	return READ_ONCE(gate->rescue_ns);
}

/**
 * kbp_gate_rescued_ns() - when the calling thread's core was taken from it by a rescue
 *
 * Context: kbp/N thread on its core.
 * Return: monotonic ns, 0: the core is not rescued.
 */
u64 kbp_gate_rescued_ns(void)
{
	const struct kbp_gate *gate = raw_cpu_ptr(&kbp_gate);

	return READ_ONCE(gate->rescued) ? READ_ONCE(gate->rescue_ns) : 0;
}

static int kbp_watch_main(void *unused)
{
	while (!kthread_should_stop()) {
		ktime_t timeout;
		u64 ns;

		WRITE_ONCE(kbp_watch_nudged, false);
		/*
		 * Pairs with the barriers of wake_up_process() and kbp_watch_is_wanted(): what the nudge is
		 * about is seen, and who takes a core that looked free sees that the watch rests.
		 */
		smp_store_mb(kbp_watch_rests, true);
		ns = kbp_rs_watch();
		if (ns)
			WRITE_ONCE(kbp_watch_rests, false);
		timeout = ns_to_ktime(ns);
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		/* A nudge that came meanwhile has woken nobody. */
		if (!kthread_should_stop() && !READ_ONCE(kbp_watch_nudged))
			schedule_hrtimeout_range(ns ? &timeout : NULL, ns / 4, HRTIMER_MODE_REL);
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

/** kbp_watch_start() - begin to watch. Context: module init. Return: 0 or an errno. */
int kbp_watch_start(void)
{
	/* It must not wait behind the very task that keeps a poller away, on whatever core. */
	const struct sched_attr first = {
		.size = sizeof(first),
		.sched_policy = SCHED_FIFO,
		.sched_priority = MAX_RT_PRIO - 1,
	};
	unsigned int core;
	int error;

	for_each_possible_cpu(core)
		INIT_CSD(per_cpu_ptr(&kbp_suspicion, core), kbp_suspicion_ipi, NULL);
	kbp_watch = kthread_create(kbp_watch_main, NULL, "kbp-watch");
	if (IS_ERR(kbp_watch))
		return PTR_ERR(kbp_watch);
	error = sched_setattr_nocheck(kbp_watch, &first);
	if (error) {
		kthread_stop(kbp_watch);
		return error;
	}
	wake_up_process(kbp_watch);
	return 0;
}

/** kbp_watch_stop() - undo kbp_watch_start(); no suspicion is under way afterwards */
void kbp_watch_stop(void)
{
	kthread_stop(kbp_watch);
	/* An IPI that was sent has run on every core that runs this one. */
	kick_all_cpus_sync();
}

/** kbp_watch_nudge() - the watch looks again now. Context: any. */
void kbp_watch_nudge(void)
{
	WRITE_ONCE(kbp_watch_nudged, true);
	wake_up_process(kbp_watch);
}

/**
 * kbp_watch_is_wanted() - a poller has taken this core; does the watch know?
 *
 * Context: on the core, interrupts off, after the gate says that it is owned.
 */
void kbp_watch_is_wanted(void)
{
	/* Pairs with the one in kbp_watch_main(). */
	smp_mb();
	if (READ_ONCE(kbp_watch_rests))
		kbp_watch_nudge();
}
