/* SPDX-License-Identifier: GPL-2.0 */
/* Keeping the CPU busy. */
#ifndef KBP_TN_BUSY_H
#define KBP_TN_BUSY_H

#include <linux/compiler.h>
#include <linux/ktime.h>

/**
 * kbp_tn_busy_until() - do nothing useful
 * @end_ns: until then, as of ktime_get_ns()
 *
 * The clock is looked at some ten times, and few instructions jump: an emulator takes for one look as
 * long as for hundreds of others, and for a jump as long as for a dozen. A turn takes 3 to 16 ns, so so
 * many turns do not take longer than what is left.
 *
 * Context: any.
 */
static inline void kbp_tn_busy_until(u64 end_ns)
{
	s64 left_ns;
	u64 turns;

	while ((left_ns = end_ns - ktime_get_ns()) > 0)
		for (turns = left_ns / 32; turns; turns--)
			asm volatile(".rept 14; nop; .endr" : : : "memory");
}

#endif /* KBP_TN_BUSY_H */
