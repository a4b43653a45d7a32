/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel's two functions do when KBP has no part in it. */
#ifndef KBP_LIVEPATCH_RAISE_H
#define KBP_LIVEPATCH_RAISE_H

#include <linux/interrupt.h>
#include <linux/atomic.h>
#include <linux/tracepoint-defs.h>

extern struct tracepoint __tracepoint_softirq_raise;

/*
 * trace_softirq_raise(), for those who watch irq:softirq_raise.  Its static key cannot be used
 * from here: the jump would be set up before the relocation to the kernel's key.  The iterator
 * is the function that the kernel itself calls when more than one listens, and is safe to call
 * with none.
 *
 * Context: interrupts off, which is what keeps the listeners.
 */
static __always_inline void kbp_trace_softirq_raise(unsigned int nr)
{
	int (*iterate)(void *data, unsigned int nr) = __tracepoint_softirq_raise.iterator;

	if (atomic_read(&__tracepoint_softirq_raise.key.key.enabled))
		iterate(NULL, nr);
}

/*
 * The mask changes nothing (there are ten softirqs) but spares a check for shifts that are too
 * far, whose report would be called from a cold part of the hook.
 *
 * Context: interrupts off.
 */
static __always_inline void kbp_mark_softirq(unsigned int nr)
{
	kbp_trace_softirq_raise(nr);
	or_softirq_pending(1UL << (nr & 31));
}

#endif /* KBP_LIVEPATCH_RAISE_H */
