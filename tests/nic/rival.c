// SPDX-License-Identifier: GPL-2.0
/* A competing softirq: a tasklet that keeps the CPU busy at a fixed rhythm. */
#include <linux/interrupt.h>
#include <linux/ktime.h>

#include "busy.h"
#include "compat.h"
#include "testnic.h"

/* Context: softirq (tasklet). */
static void rival_spin(struct tasklet_struct *tasklet)
{
	struct kbp_tn *nic = from_tasklet(nic, tasklet, rival);

	kbp_tn_busy_until(ktime_get_ns() + nic->cfg.tasklet_ns);
}

/* Context: hard interrupt. */
static enum hrtimer_restart rival_tick(struct hrtimer *timer)
{
	struct kbp_tn *nic = container_of(timer, struct kbp_tn, rival_timer);

	if (!READ_ONCE(nic->generating))
		return HRTIMER_NORESTART;
	tasklet_schedule(&nic->rival);
	hrtimer_forward_now(timer, ns_to_ktime(nic->cfg.tasklet_period_ns));
	return HRTIMER_RESTART;
}

/**
 * kbp_tn_rival_init() - prepare the tasklet and its timer
 * @nic: the device
 */
void kbp_tn_rival_init(struct kbp_tn *nic)
{
	tasklet_setup(&nic->rival, rival_spin);
	hrtimer_setup(&nic->rival_timer, rival_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * kbp_tn_rival_start() - start the tasklet on this CPU, if one is configured
 * @nic: the device
 *
 * Context: interrupts off, on the CPU of the source.
 */
void kbp_tn_rival_start(struct kbp_tn *nic)
{
	if (nic->cfg.tasklet_period_ns && nic->cfg.tasklet_ns)
		hrtimer_start(&nic->rival_timer, ns_to_ktime(nic->cfg.tasklet_period_ns),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * kbp_tn_rival_stop() - stop the tasklet and wait until it has ended
 * @nic: the device
 */
void kbp_tn_rival_stop(struct kbp_tn *nic)
{
	hrtimer_cancel(&nic->rival_timer);
	tasklet_kill(&nic->rival);
}
