// SPDX-License-Identifier: GPL-2.0
/* The NAPI poll function: measures, delivers, costs what it is told to cost. */
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/smp.h>

#include "busy.h"
#include "testnic.h"

/*
 * Deliver one packet and stay busy until cost_ns have passed since it was
 * taken, so that the cost includes the stack's own work.
 *
 * Context: poll function.
 */
static void receive_one(struct kbp_tn_queue *q, const struct kbp_tn_desc *desc)
{
	u64 cost_ns = q->nic->cfg.cost_ns;
	u64 taken = ktime_get_ns();
	struct sk_buff *skb;
	unsigned int len;

	kbp_tn_hist_add(&q->delay, taken - desc->timestamp);

	skb = kbp_tn_packet(q, desc);
	if (skb) {
		len = skb->len;
		napi_gro_receive(&q->napi, skb);
		WRITE_ONCE(q->bytes, q->bytes + len);
		WRITE_ONCE(q->delivered, q->delivered + 1);
	} else {
		WRITE_ONCE(q->nomem, q->nomem + 1);
	}

	kbp_tn_busy_until(taken + cost_ns);
}

/*
 * Unmask the queue's interrupt, and look once more: a packet that came between
 * the last look and the unmasking has raised no interrupt.
 *
 * Context: poll function, after napi_complete_done().
 */
static void rearm(struct kbp_tn_queue *q)
{
	/* Pairs with the xchg() of the timer: one of the two sees the other. */
	smp_store_mb(q->irq_on, 1);
	if (kbp_tn_ring_used(&q->ring) && xchg(&q->irq_on, 0)) {
		WRITE_ONCE(q->rearmed, q->rearmed + 1);
		napi_schedule(&q->napi);
	}
}

/*
 * i40e's rule, for a poll that leaves packets on a CPU to which the interrupt does not go: stop,
 * and have the NAPI scheduled where it does.
 *
 * Context: poll function; the NAPI may be another CPU's afterwards.
 */
static int leave(struct kbp_tn_queue *q, int budget)
{
	napi_complete_done(&q->napi, budget);
	kbp_tn_force_irq(q);
	return budget - 1;
}

/**
 * kbp_tn_poll() - NAPI poll function
 * @napi: of the queue
 * @budget: packets to take at most; 0 (netpoll) takes none
 *
 * Context: softirq, or any thread with bottom halves off that owns
 * NAPI_STATE_SCHED.
 */
int kbp_tn_poll(struct napi_struct *napi, int budget)
{
	struct kbp_tn_queue *q = container_of(napi, struct kbp_tn_queue, napi);
	bool strays = smp_processor_id() != READ_ONCE(q->nic->irq_cpu);
	struct kbp_tn_desc desc;
	int work = 0;

	WRITE_ONCE(q->polls, q->polls + 1);
	while (work < budget && kbp_tn_ring_take(&q->ring, &desc)) {
		receive_one(q, &desc);
		kbp_tn_ring_settle(&q->ring);
		work++;
	}
	if (strays && work)
		WRITE_ONCE(q->strays, q->strays + 1);
	if (strays && work && work == budget && q->nic->cfg.leaves)
		return leave(q, budget);
	if (work < budget && (napi_complete_done(napi, work) || q->nic->cfg.arms))
		rearm(q);
	return work;
}
