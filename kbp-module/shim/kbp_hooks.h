/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kbp_livepatch.ko may know of kbp.ko.  The livepatch can be switched off or replaced
 * at any time by anybody, so no state lives there; the gate of each core lives in kbp.ko.
 */
#ifndef KBP_HOOKS_H
#define KBP_HOOKS_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

/**
 * struct kbp_gate - decides, for one core, who serves its NET_RX work
 * @owned: the poller serves this core; false is the kernel's own behaviour
 * @sentry: softirq serves the core in the place of the sleeping poller, which wants to be called
 *	when that does not get through (sentry.c)
 * @wake: the poller sleeps and wants to be woken by the next raise
 * @poller: valid while @owned or @sentry; its thread cannot end before it has given the core
 * @called_ns: when a raise woke the poller, whose list was empty until then; 0: none has since it
 *	last took the list.  (A raise while it is awake says nothing about what waits: with the
 *	kernel's flag set, NAPIs are scheduled without one.)
 * @beat: cycles the poller has begun
 * @raises: NET_RX softirqs that were not raised because the poller serves the core
 * @suspected_beat: the beat when the watch first suspected the poller
 * @suspected_ns: when the core last looked at itself for that; 0: not suspected
 * @missed_ns: how long the core has seen the poller away since the first suspicion
 * @rescued: taken from the poller by the watch; cleared when it is taken again, and when a new
 *	thread is made
 * @rescue_ns: when the last rescue was
 * @rescue_pid: who had the core then
 * @rescue_comm: its name
 *
 * Invariant (gate-local): after load, written only on its own core, by its poller, by a hook or
 * by an IPI, either with interrupts off or in one instruction; so plain accesses are enough.
 * Other cores only read, one word at a time.  (@rescued is cleared, and only while the core has
 * no thread, by control.)
 */
struct kbp_gate {
	bool owned;
	bool sentry;
	bool wake;
	bool rescued;
	struct task_struct *poller;
	u64 called_ns;
	u64 beat;
	u64 raises;
	u64 suspected_beat;
	u64 suspected_ns;
	u64 missed_ns;
	u64 rescue_ns;
	s32 rescue_pid;
	char rescue_comm[TASK_COMM_LEN];
};

DECLARE_PER_CPU(struct kbp_gate, kbp_gate);

void kbp_sentry_raised(void);

/**
 * kbp_gate_admit() - NET_RX is about to be raised on this core; does the poller serve it?
 *
 * Waking the poller from here is what raise_softirq_irqoff() itself does with ksoftirqd, so no
 * caller can hold a lock of the scheduler.
 *
 * Context: any, interrupts off.
 * Return: true when the poller has been told, false when NET_RX must be raised.
 */
static __always_inline bool kbp_gate_admit(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);

	if (!gate->owned) {
		if (gate->sentry)
			kbp_sentry_raised();
		return false;
	}
	gate->raises++;
	if (gate->wake) {
		gate->wake = false;
		gate->called_ns = ktime_get_mono_fast_ns();
		wake_up_process(gate->poller);
	}
	return true;
}

void kbp_hooks_changed(bool live);

#endif /* KBP_HOOKS_H */
