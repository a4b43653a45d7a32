/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The body that the schedule hooks and the timer's share, as the kernel's functions share
 * ____napi_schedule().  Only its last step differs from the kernel's: who is told that the list
 * has grown.
 */
#ifndef KBP_LIVEPATCH_LINK_H
#define KBP_LIVEPATCH_LINK_H

#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include "compat/net_rx_flag.h"
#include "compat/napi_owner.h"
#include "kbp_hooks.h"

extern void raise_softirq_irqoff(unsigned int nr);

/*
 * A threaded NAPI is its own thread's business, on every core.  The one exception is the
 * kernel's: this core's backlog, whose thread only serves what other cores send.
 *
 * Context: any, interrupts off.
 */
static __always_inline bool kbp_wake_napi_thread(struct softnet_data *sd, struct napi_struct *napi)
{
	struct task_struct *thread;

	if (!test_bit(NAPI_STATE_THREADED, &napi->state) || napi == &sd->backlog)
		return false;
	/* Pairs with the barrier where the kernel sets the bit, after the thread. */
	thread = READ_ONCE(napi->thread);
	if (!thread)
		return false;
	set_bit(NAPI_STATE_SCHED_THREADED, &napi->state);
	wake_up_process(thread);
	return true;
}

/*
 * Puts the NAPI on this core's poll list and tells whoever serves it.
 *
 * Context: any, interrupts off.
 */
static __always_inline void kbp_link_napi(struct napi_struct *napi)
{
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);

	if (kbp_wake_napi_thread(sd, napi))
		return;
	list_add_tail(&napi->poll_list, &sd->poll_list);
	kbp_set_list_owner(napi);
	/* With the flag set somebody looks at the list again anyway. */
	if (!kbp_in_net_rx_action(sd) && !kbp_gate_admit())
		raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

#endif /* KBP_LIVEPATCH_LINK_H */
