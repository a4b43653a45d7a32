/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kbp_livepatch.ko may know of kbp.ko.  The livepatch can be switched off or replaced
 * at any time by anybody, so no state lives there; the gate of each core lives in kbp.ko.
 */
#ifndef KBP_HOOKS_H
#define KBP_HOOKS_H

#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct kbp_gate - decides, for one core, who serves a NAPI that is scheduled there
 * @owned: the poller serves this core; false is the kernel's own behaviour
 * @wake: the poller sleeps and wants to be woken by the next NAPI
 * @poller: valid while @owned; its thread cannot end before it has closed the gate
 * @schedules: times work was queued for the poller
 *
 * Invariant (gate-local): after load, written only on its own core, by its poller or by a
 * hook, either with interrupts off or in one instruction; so plain accesses are enough.
 * Only @schedules is read from elsewhere.
 */
struct kbp_gate {
	bool owned;
	bool wake;
	struct task_struct *poller;
	u64 schedules;
};

DECLARE_PER_CPU(struct kbp_gate, kbp_gate);

/**
 * kbp_gate_admit() - NET_RX work was queued on this core; does the poller serve it?
 *
 * Context: any, interrupts off.
 * Return: true when the poller has been told, false when NET_RX must be raised.
 */
static __always_inline bool kbp_gate_admit(void)
{
	struct kbp_gate *gate = this_cpu_ptr(&kbp_gate);

	if (!gate->owned)
		return false;
	gate->schedules++;
	if (gate->wake) {
		gate->wake = false;
		wake_up_process(gate->poller);
	}
	return true;
}

void kbp_hooks_changed(bool live);

#endif /* KBP_HOOKS_H */
