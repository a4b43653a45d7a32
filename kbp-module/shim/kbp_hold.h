/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which NAPIs may be held: polled again and again while their interrupt stays off.  What a poller
 * remembers of one stands in bits of its state that no kernel uses.
 *
 * An interrupt that comes nevertheless says one of two things.  The driver arms it whatever
 * napi_complete_done() answers: then holding has no effect.  Or it goes to another core by now:
 * then holding would keep the NAPI here.
 */
#ifndef KBP_HOLD_H
#define KBP_HOLD_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>

#include "compat/napi_irq.h"

/*
 * The mark of a held NAPI.  It only tells that the poller looked although nobody had called.  What
 * keeps a held NAPI's driver from arming the interrupt is NAPI_STATE_IN_BUSY_POLL, which is set
 * during the poll alone: with the hooks replaced by somebody, NET_RX may run on a core that is
 * served, and what it polls must come to rest.
 */
#define KBP_NAPI_STATE_HELD (BITS_PER_LONG - 1)

/*
 * In four more bits: how often the interrupt of a held NAPI, which should have been off, has come
 * in a row, and whether a poll has found packets since.  A second such poll ends the row: packets
 * come without a call.  (The call may come after the poll, which looks at the ring by itself.)
 * From the last count on the NAPI is one whose driver arms the interrupt whatever
 * napi_complete_done() answers; it stays one for as long as it exists.  A single call proves
 * nothing: some drivers (virtio) arm it for a moment.
 */
#define KBP_NAPI_CALLS_SHIFT (BITS_PER_LONG - 5)
#define KBP_NAPI_CALLS_MOST 7UL
#define KBP_NAPI_UNCALLED 8UL

/*
 * One more: its driver wants to leave this core, see kbp_note_leaving().  It is not held in its
 * next poll, and the mark goes.
 */
#define KBP_NAPI_STATE_LEAVES (BITS_PER_LONG - 6)

/* Context: any. */
static inline unsigned long kbp_napi_calls(const struct napi_struct *napi)
{
	return (READ_ONCE(napi->state) >> KBP_NAPI_CALLS_SHIFT) & KBP_NAPI_CALLS_MOST;
}

/*
 * May this NAPI's interrupt stay off?  The kernel's own busy pollers ask the same of its state.  A
 * NAPI that is to be disabled, or to get a thread of its own, must come to rest, and so must one
 * that a program polls by itself (SO_PREFER_BUSY_POLL, suspended interrupts).  Where its
 * interrupt goes is asked when a hold begins: each is over soon.
 *
 * Context: a NAPI that is ours, bottom halves off.
 */
static inline bool kbp_may_hold(const struct napi_struct *napi, bool was_held)
{
	const unsigned long not_held = NAPIF_STATE_DISABLE | NAPIF_STATE_NPSVC |
				       NAPIF_STATE_NO_BUSY_POLL | NAPIF_STATE_THREADED |
				       NAPIF_STATE_PREFER_BUSY_POLL | BIT(KBP_NAPI_STATE_LEAVES);

	return !(READ_ONCE(napi->state) & not_held) && kbp_napi_calls(napi) < KBP_NAPI_CALLS_MOST &&
	       (was_held || kbp_napi_irq_comes_here(napi));
}

/* Takes a mark away.  Context: a NAPI that is ours; others change other bits of its state. */
static inline bool kbp_take_mark(struct napi_struct *napi, int mark)
{
	if (!test_bit(mark, &napi->state))
		return false;
	clear_bit(mark, &napi->state);
	return true;
}

/*
 * Has the interrupt of a held NAPI come since its last poll?  It is about to be polled, so the
 * mark that this left is taken away, as the kernel's own busy pollers do: kept, it would have
 * napi_complete_done() schedule the NAPI here once more, and one whose interrupt has moved would
 * never follow it to the other core.
 *
 * Context: as kbp_take_mark().
 */
static inline bool kbp_take_call(struct napi_struct *napi)
{
	return kbp_take_mark(napi, NAPI_STATE_MISSED);
}

/*
 * Calls without any packet before or after them are no interrupt's: programs with AF_XDP sockets
 * call to have something sent.
 *
 * Context: as kbp_take_mark(), with a held NAPI.
 */
static inline void kbp_count_calls(struct napi_struct *napi, bool called, bool worked)
{
	const unsigned long all = (KBP_NAPI_CALLS_MOST | KBP_NAPI_UNCALLED) << KBP_NAPI_CALLS_SHIFT;
	unsigned long before = (READ_ONCE(napi->state) & all) >> KBP_NAPI_CALLS_SHIFT;
	unsigned long next = before;
	unsigned long state, with;

	if (called && (worked || before & KBP_NAPI_UNCALLED))
		next = min((before & KBP_NAPI_CALLS_MOST) + 1, KBP_NAPI_CALLS_MOST);
	else if (worked)
		next = before & KBP_NAPI_UNCALLED ? KBP_NAPI_UNCALLED : before | KBP_NAPI_UNCALLED;
	if (next == before)
		return;
	do {
		state = READ_ONCE(napi->state);
		with = (state & ~all) | (next << KBP_NAPI_CALLS_SHIFT);
	} while (cmpxchg(&napi->state, state, with) != state);
}

/*
 * A driver that finds itself polled on a core to which its interrupt no longer goes, with packets
 * left, completes, forces or arms the interrupt, and says that it took one less than its weight:
 * i40e, iavf, mlx4, mlx5, gve.  Held, it could not complete.  Whoever took as many by chance loses
 * a poll's hold by this.
 *
 * Context: as kbp_take_mark(), with a held NAPI.
 */
static inline void kbp_note_leaving(struct napi_struct *napi, int work, int weight)
{
	if (work > 0 && work == weight - 1)
		set_bit(KBP_NAPI_STATE_LEAVES, &napi->state);
}

#endif /* KBP_HOLD_H */
