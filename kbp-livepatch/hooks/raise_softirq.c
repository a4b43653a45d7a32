// SPDX-License-Identifier: GPL-2.0
/*
 * Hook for __raise_softirq_irqoff(): where every way to raise NET_RX ends, whatever the compiler
 * has inlined before it: drivers' schedules, the backlog of loopback and veth, RPS, deferred frees,
 * the deferral timer.  (raise_softirq_irqoff() calls it, too, or has a copy of it: see inlined.c.
 * kbp_hooks_in_effect() tries all ways before a core is taken.)
 */
#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/tracepoint-defs.h>

#include "hooks.h"
#include "kbp_hooks.h"

extern struct tracepoint __tracepoint_softirq_raise;

/*
 * trace_softirq_raise(), for those who watch irq:softirq_raise.  Its static key cannot be used
 * from here: the jump would be set up before the relocation to the kernel's key.  The iterator
 * is the function that the kernel itself calls when more than one listens, and is safe to call
 * with none.
 *
 * Context: interrupts off, which is what keeps the listeners: they are freed after a grace period
 * of RCU, or of SRCU-fast (7.2 and later), which contains one of RCU.
 */
static __always_inline void kbp_trace_softirq_raise(unsigned int nr)
{
	int (*iterate)(void *data, unsigned int nr) = __tracepoint_softirq_raise.iterator;

	/* Both kinds of static key that a tracepoint may have begin with the same. */
	if (atomic_read(&((const struct static_key *)&__tracepoint_softirq_raise.key)->enabled))
		iterate(NULL, nr);
}

/**
 * kbp_hook_raise_softirq() - takes the place of __raise_softirq_irqoff()
 * @nr: which softirq
 *
 * The mask changes nothing (there are ten softirqs) but spares a check for shifts that are too
 * far, whose report would be called from a cold part of the hook, unseen by livepatch.
 *
 * Context: any, interrupts off.
 */
void kbp_hook_raise_softirq(unsigned int nr)
{
	if (nr == NET_RX_SOFTIRQ && kbp_gate_admit())
		return;
	kbp_trace_softirq_raise(nr);
	or_softirq_pending(1UL << (nr & 31));
}
