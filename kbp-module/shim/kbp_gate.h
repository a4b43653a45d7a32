/* SPDX-License-Identifier: GPL-2.0 */
/* The gate as the other files of the shim see it. */
#ifndef KBP_GATE_H
#define KBP_GATE_H

#include <linux/list.h>
#include <linux/netdevice.h>

#include "kbp_backlog.h"
#include "kbp_hold.h"

struct kbp_gate;

void kbp_gate_own_here(struct kbp_gate *gate);
void kbp_gate_shut_here(void);
void kbp_gate_let_go_here(void);
void kbp_gate_reset(u32 core);
bool kbp_sentry_end(void);
int kbp_sentry_prepare(u32 core);
void kbp_watch_is_wanted(void);
void kbp_rps_kick_and_irq_enable(struct softnet_data *sd);

/*
 * A mark of backlogs (the others are in kbp_hold.h): control has seen it scheduled.  Who completes a
 * backlog clears the mark with everything else, so while it is there, the schedule is the same.
 */
#define KBP_NAPI_STATE_STRAY (BITS_PER_LONG - 7)

/* Context: interrupts off, or the list is the caller's. */
static inline void kbp_let_go_of_list(struct list_head *list)
{
	struct napi_struct *napi;

	list_for_each_entry(napi, list, poll_list)
		clear_bit(KBP_NAPI_STATE_HELD, &napi->state);
}

/* Are there cores to be kicked for RPS?  Context: as kbp_net_rx_waits(). */
static inline bool kbp_rps_waits(u32 core)
{
#ifdef CONFIG_RPS
	return READ_ONCE(per_cpu(softnet_data.rps_ipi_list, core));
#else
	return false;
#endif
}

/*
 * Is there anything that NET_RX of @core would do?  The poller asks before it sleeps, the watch
 * before it suspects, the core before it lets itself be rescued: all of them this.
 *
 * Context: on the core with interrupts off; from elsewhere the answer is a hint.
 */
static inline bool kbp_net_rx_waits(u32 core)
{
	return kbp_rps_waits(core) || !list_empty(&per_cpu(softnet_data.poll_list, core)) ||
	       kbp_backlog_called(core);
}

/*
 * Of what waits, are there only held NAPIs?  Of those nobody knows whether packets wait there,
 * until somebody polls them.  Context: on the core, interrupts off.
 */
static inline bool kbp_only_held_wait(void)
{
	const struct list_head *list = this_cpu_ptr(&softnet_data.poll_list);
	const struct napi_struct *napi;

	if (kbp_rps_waits(smp_processor_id()) || kbp_backlog_called(smp_processor_id()))
		return false;
	list_for_each_entry(napi, list, poll_list) {
		if (!test_bit(KBP_NAPI_STATE_HELD, &napi->state))
			return false;
	}
	return true;
}

#endif /* KBP_GATE_H */
