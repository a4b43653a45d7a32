// SPDX-License-Identifier: GPL-2.0
/* The source of packets: an open-loop timer that plays the NIC's interrupt. */
#include <linux/cpu.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "compat.h"
#include "testnic.h"

/*
 * Raise the interrupt of a queue unless it is masked.
 *
 * Context: hard interrupt, interrupts off.
 */
static void raise_irq(struct kbp_tn *nic, struct kbp_tn_queue *q)
{
	bool plain = nic->cfg.hook == KBP_TN_PLAIN;

	/* Full barrier: orders the ring's head before the mask, see rearm(). */
	if (!xchg(&q->irq_on, 0))
		return;
	if (!napi_schedule_prep(&q->napi))
		return;

	WRITE_ONCE(q->irqs, q->irqs + 1);
	if (nic->cfg.hook == KBP_TN_BOTH) {
		plain = nic->use_plain;
		nic->use_plain = !plain;
	}
	if (plain)
		__napi_schedule(&q->napi);
	else
		__napi_schedule_irqoff(&q->napi);
}

/* Context: hard interrupt, on the CPU where the queue's interrupt goes. */
static void take_forced(void *data)
{
	struct kbp_tn_queue *q = data;

	raise_irq(q->nic, q);
}

/**
 * kbp_tn_force_irq() - unmask a queue's interrupt and raise it, packet or not
 * @q: the queue
 *
 * Context: poll function. One that is on its way already is enough.
 */
void kbp_tn_force_irq(struct kbp_tn_queue *q)
{
	smp_store_mb(q->irq_on, 1);
	smp_call_function_single_async(READ_ONCE(q->nic->irq_cpu), &q->forced);
}

/*
 * Put the packets of one period into the rings, queue after queue. With hook=none they
 * are written and never shown, so that a tick costs what it costs with packets, but for
 * raising the interrupt.
 *
 * Context: hard interrupt. Returns the queues that got one, as bits.
 */
static u32 produce(struct kbp_tn *nic, u64 now)
{
	bool show = nic->cfg.hook != KBP_TN_NONE;
	u64 n = nic->cfg.burst;
	u32 touched = 0;

	for (; n && nic->left; n--) {
		struct kbp_tn_queue *q = &nic->queue[nic->next_queue];

		if (kbp_tn_ring_put(&q->ring, now, q->seq, show))
			touched |= show << q->index;
		else
			WRITE_ONCE(q->overflow, q->overflow + 1);
		q->seq++;
		nic->next_queue = (nic->next_queue + 1) % nic->nqueues;
		WRITE_ONCE(nic->generated, nic->generated + 1);
		WRITE_ONCE(nic->withheld, nic->withheld + !show);
		if (nic->cfg.count)
			nic->left--;
	}
	return touched;
}

/*
 * One expiry. The schedule is absolute: periods that were missed while the CPU
 * could not run the handler are due now, and all of them are produced. Their
 * packets carry the time of this call (what the NIC's interrupt would have
 * been); how late the call is stands in the histogram of its own.
 *
 * Context: hard interrupt.
 */
static enum hrtimer_restart source_tick(struct hrtimer *timer)
{
	struct kbp_tn *nic = container_of(timer, struct kbp_tn, timer);
	u64 intended = ktime_to_ns(hrtimer_get_expires(timer));
	u64 period = nic->cfg.period_ns;
	u64 now = ktime_get_ns();
	u64 due = hrtimer_forward(timer, ns_to_ktime(now), ns_to_ktime(period));
	u32 touched = 0;
	u32 i;

	WRITE_ONCE(nic->ticks, nic->ticks + 1);
	WRITE_ONCE(nic->ticks_idle, nic->ticks_idle + is_idle_task(current));
	for (; due && nic->left; due--, intended += period) {
		kbp_tn_hist_add(&nic->late, now - intended);
		touched |= produce(nic, now);
	}
	for (i = 0; i < nic->nqueues; i++)
		if (touched & BIT(i))
			raise_irq(nic, &nic->queue[i]);

	if (nic->left)
		return HRTIMER_RESTART;
	/* Pairs with kbp_tn_running(): the rings are filled before this shows. */
	smp_store_release(&nic->generating, false);
	return HRTIMER_NORESTART;
}

/* Context: interrupts off, on the CPU that is to be interrupted. */
static void start_here(void *data)
{
	struct kbp_tn *nic = data;

	hrtimer_start(&nic->timer, ns_to_ktime(nic->cfg.lead_ns ?: nic->cfg.period_ns),
		      HRTIMER_MODE_REL_PINNED_HARD);
	kbp_tn_rival_start(nic);
}

/* Context: interrupts off, on the CPU that is to be interrupted from now on. */
static void go_on_here(void *data)
{
	struct kbp_tn *nic = data;

	hrtimer_start_expires(&nic->timer, HRTIMER_MODE_ABS_PINNED_HARD);
}

/**
 * kbp_tn_source_init() - prepare the timers
 * @nic: the device
 */
void kbp_tn_source_init(struct kbp_tn *nic)
{
	u32 i;

	for (i = 0; i < KBP_TN_MAX_QUEUES; i++)
		INIT_CSD(&nic->queue[i].forced, take_forced, &nic->queue[i]);
	hrtimer_setup(&nic->timer, source_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	kbp_tn_rival_init(nic);
}

/**
 * kbp_tn_running() - whether a run has packets to produce, to poll or to count
 * @nic: the device
 */
bool kbp_tn_running(const struct kbp_tn *nic)
{
	u32 i;

	/* Pairs with the release of source_tick(). */
	if (smp_load_acquire(&nic->generating))
		return true;
	for (i = 0; i < nic->nqueues; i++)
		if (kbp_tn_ring_unsettled(&nic->queue[i].ring))
			return true;
	return false;
}

/**
 * kbp_tn_source_start() - start a run on the configured CPU
 * @nic: the device
 *
 * Context: process, holding the device's lock.
 * Return: 0, -ENETDOWN, -EBUSY, or -ENXIO for a CPU that is not online.
 */
int kbp_tn_source_start(struct kbp_tn *nic)
{
	int err;

	lockdep_assert_held(&nic->lock);
	if (!nic->up) {
		netdev_err(nic->dev, "run=1: interface is down; set it up first\n");
		return -ENETDOWN;
	}
	if (kbp_tn_running(nic)) {
		netdev_err(nic->dev, "run=1: a run is going on; write 0 to stop it\n");
		return -EBUSY;
	}

	kbp_tn_source_stop(nic);
	nic->left = nic->cfg.count ?: U64_MAX;
	nic->next_queue = 0;
	WRITE_ONCE(nic->irq_cpu, nic->cfg.cpu);
	WRITE_ONCE(nic->generating, true);
	err = smp_call_function_single(nic->cfg.cpu, start_here, nic, true);
	if (err) {
		WRITE_ONCE(nic->generating, false);
		netdev_err(nic->dev, "run=1: cpu=%llu is not online\n", nic->cfg.cpu);
	}
	return err;
}

/**
 * kbp_tn_source_stop() - stop producing and wait for the timers
 * @nic: the device
 *
 * What is in the rings stays there for poll. Context: process, holding the
 * device's lock.
 */
void kbp_tn_source_stop(struct kbp_tn *nic)
{
	lockdep_assert_held(&nic->lock);
	hrtimer_cancel(&nic->timer);
	WRITE_ONCE(nic->generating, false);
	kbp_tn_rival_stop(nic);
}

/**
 * kbp_tn_source_move() - interrupts go to another CPU from now on, as with smp_affinity
 * @nic: the device
 * @cpu: which; the rival tasklet stays where it is
 *
 * Context: process, holding the device's lock.
 * Return: 0, or -ENXIO for a CPU that is not online.
 */
int kbp_tn_source_move(struct kbp_tn *nic, u64 cpu)
{
	int err = -ENXIO;

	lockdep_assert_held(&nic->lock);
	cpus_read_lock();
	if (cpu < nr_cpu_ids && cpu_online(cpu)) {
		err = 0;
		WRITE_ONCE(nic->irq_cpu, cpu);
		hrtimer_cancel(&nic->timer);
		if (nic->generating)
			smp_call_function_single(cpu, go_on_here, nic, true);
	}
	cpus_read_unlock();
	if (err)
		netdev_err(nic->dev, "move=%llu: this CPU is not online\n", cpu);
	return err;
}
