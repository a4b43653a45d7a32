/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptor ring with one producer (the timer) and one consumer (the poll
 * function, serialised by NAPI_STATE_SCHED). Indices run freely; they live
 * apart from the slots so that they can be read when the ring is gone.
 */
#ifndef KBP_TN_RING_H
#define KBP_TN_RING_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

struct kbp_tn_desc {
	u64 timestamp; /* CLOCK_MONOTONIC ns at which the timer handler ran */
	u64 seq;
};

struct kbp_tn_ring {
	struct kbp_tn_desc *slot;
	u32 size; /* power of two */
	u32 head ____cacheline_aligned_in_smp; /* producer's */
	u32 tail ____cacheline_aligned_in_smp; /* consumer's */
	u32 settled; /* consumer's: the tail up to which packets are counted, too */
};

/* Context: any. The answer may be outdated by the other side. */
static inline u32 kbp_tn_ring_used(const struct kbp_tn_ring *ring)
{
	u32 tail = READ_ONCE(ring->tail);

	/* Pairs with the release of put: whoever sees the packet sees its slot. */
	return smp_load_acquire(&ring->head) - tail;
}

/*
 * Write a slot and show it to the consumer, or (@show false) do the same work without
 * showing it: the next put overwrites it.
 *
 * Context: the producer only, hard interrupt. Returns false when full.
 */
static inline bool kbp_tn_ring_put(struct kbp_tn_ring *ring, u64 timestamp, u64 seq, bool show)
{
	u32 head = ring->head;
	struct kbp_tn_desc *desc;

	/* Pairs with the release of take: the slot has been read. */
	if (head - smp_load_acquire(&ring->tail) >= ring->size)
		return false;
	desc = &ring->slot[head & (ring->size - 1)];
	desc->timestamp = timestamp;
	desc->seq = seq;
	/* Pairs with the acquire of take: the slot is written before it shows. */
	smp_store_release(&ring->head, head + show);
	return true;
}

/* Context: the consumer only, softirq or bottom halves off. False when empty. */
static inline bool kbp_tn_ring_take(struct kbp_tn_ring *ring, struct kbp_tn_desc *desc)
{
	u32 tail = ring->tail;

	/* Pairs with the release of put. */
	if (smp_load_acquire(&ring->head) == tail)
		return false;
	*desc = ring->slot[tail & (ring->size - 1)];
	/* Pairs with the acquire of put: the slot is read before it is reused. */
	smp_store_release(&ring->tail, tail + 1);
	return true;
}

/*
 * Every packet taken so far has been counted.
 *
 * Context: the consumer only, softirq or bottom halves off.
 */
static inline void kbp_tn_ring_settle(struct kbp_tn_ring *ring)
{
	/* Pairs with the acquire of unsettled: whoever sees this sees the counts. */
	smp_store_release(&ring->settled, ring->tail);
}

/* Context: any. Whether a packet was put that is not yet counted. */
static inline bool kbp_tn_ring_unsettled(const struct kbp_tn_ring *ring)
{
	/* Pairs with the release of settle. */
	return smp_load_acquire(&ring->settled) != READ_ONCE(ring->head);
}

#endif
