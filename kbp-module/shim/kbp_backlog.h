/* SPDX-License-Identifier: GPL-2.0 */
/* The core's backlog NAPI (loopback, veth, RPS) where no hook sees it being scheduled. */
#ifndef KBP_BACKLOG_H
#define KBP_BACKLOG_H

#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched.h>

/*
 * struct kbp_backlog - of one core
 * @escapes: its schedules pass by the hooks; found out with every trial of them
 * @claimed: its schedules wake the poller in place of a softirq
 * @has_thread: it has a thread of its own, and is left alone
 *
 * Invariant: as gate-local.
 */
struct kbp_backlog {
	bool escapes;
	bool claimed;
	bool has_thread;
};

DECLARE_PER_CPU(struct kbp_backlog, kbp_backlog);

void kbp_backlog_claim(struct softnet_data *sd, struct task_struct *poller);
void kbp_backlog_keep_claimed(struct softnet_data *sd);
void kbp_backlog_release(struct softnet_data *sd);

/*
 * Is it on a list?  Until its first poll its entry is all zeroes where nobody initialises it (6.1).
 * Context: on the core, interrupts off; from elsewhere the answer is a hint.
 */
static inline bool kbp_backlog_is_linked(const struct napi_struct *backlog)
{
	return backlog->poll_list.next && !list_empty(&backlog->poll_list);
}

/* Was it scheduled since the poller last looked?  Context: as kbp_net_rx_waits(). */
static inline bool kbp_backlog_called(u32 core)
{
	return READ_ONCE(per_cpu(kbp_backlog.claimed, core)) &&
	       test_bit(NAPI_STATE_SCHED_THREADED, &per_cpu(softnet_data.backlog.state, core));
}

/* The claim ends when the NAPI comes to rest on 6.1.  Context: on the core, interrupts off. */
static inline void kbp_backlog_keep(struct softnet_data *sd)
{
	if (this_cpu_read(kbp_backlog.claimed))
		kbp_backlog_keep_claimed(sd);
}

#endif /* KBP_BACKLOG_H */
