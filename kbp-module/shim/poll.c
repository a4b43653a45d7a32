// SPDX-License-Identifier: GPL-2.0
/*
 * The acts of one poll cycle.  The engine (Rust) decides their order; the model is
 * net_rx_action() of the kernel, and each act here is one step of it.
 *
 * Invariant (own-core): a poller only ever touches the softnet_data of the core it is bound
 * to, so page_pool's direct recycling (which trusts list_owner == this core) stays right.
 * Invariant (list-irq): softnet_data.poll_list is touched only with interrupts off.
 */
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netpoll.h>

#include "kbp_kernel.h"
#include "kbp_poller.h"
#include "kbp_shim.h"
#include "compat/defer.h"
#include "compat/napi_link.h"

#ifdef CONFIG_PREEMPT_RT
#error "KBP does not support PREEMPT_RT: there, bottom halves off do not keep others out"
#endif

/**
 * kbp_poller_hold() - hold bottom halves off and set the bpf net context
 * @p: the calling thread's
 *
 * Context: kbp/N thread, interrupts on, bottom halves on.
 */
void kbp_poller_hold(struct kbp_poller *p)
{
	local_bh_disable();
	kbp_bpf_ctx_set(&p->bpf);
}

/**
 * kbp_poller_release() - let pending softirqs run
 * @p: the calling thread's
 *
 * Context: kbp/N thread after kbp_poller_hold(), interrupts on.
 */
void kbp_poller_release(struct kbp_poller *p)
{
	kbp_bpf_ctx_clear(&p->bpf);
	local_bh_enable();
}

/*
 * Takes a pending NET_RX softirq over.  What it was raised for is on the poll list, on the
 * RPS list or on the deferred-free list, and the rest of the cycle serves all three.
 */
static u32 kbp_absorb_net_rx(struct softnet_data *sd)
{
	u32 pending = local_softirq_pending();

	if (!(pending & BIT(NET_RX_SOFTIRQ)))
		return 0;
	set_softirq_pending(pending & ~BIT(NET_RX_SOFTIRQ));
	kbp_end_net_rx_action(sd);
	return 1;
}

/**
 * kbp_poller_take_list() - move this core's poll list to the poller
 * @p: the calling thread's; its lists are empty
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: pending NET_RX softirqs taken over.
 */
u32 kbp_poller_take_list(struct kbp_poller *p)
{
	struct softnet_data *sd;
	u32 absorbed;

	local_irq_disable();
	sd = this_cpu_ptr(&softnet_data);
	absorbed = kbp_absorb_net_rx(sd);
	list_splice_init(&sd->poll_list, &p->list);
	local_irq_enable();
	return absorbed;
}

/**
 * kbp_poller_poll_next() - poll the next NAPI of the taken list once
 * @p: the calling thread's
 *
 * A NAPI whose poll returned less than its weight may be gone by then and is not touched.
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: packets, or -1 when the list is empty.
 */
int kbp_poller_poll_next(struct kbp_poller *p)
{
	struct napi_struct *napi;
	bool repoll = false;
	void *netpoll;
	int work;

	if (list_empty(&p->list))
		return -1;
	napi = list_first_entry(&p->list, struct napi_struct, poll_list);
	list_del_init(&napi->poll_list);

	netpoll = netpoll_poll_lock(napi);
	work = kbp_napi_poll(napi, &repoll);
	if (repoll)
		list_add_tail(&napi->poll_list, &p->repoll);
	netpoll_poll_unlock(netpoll);

	return max(work, 0);
}

/**
 * kbp_poller_has_more() - is a taken NAPI still waiting for its poll?
 * @p: the calling thread's
 *
 * Context: kbp/N thread.
 */
bool kbp_poller_has_more(struct kbp_poller *p)
{
	return !list_empty(&p->list);
}

/**
 * kbp_poller_give_back() - return what is unfinished to the core, and finish as NET_RX does
 * @p: the calling thread's; its lists are empty afterwards
 *
 * The order on the core's list is: left over, newly scheduled, to be polled again.
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: pending NET_RX softirqs taken over.
 */
u32 kbp_poller_give_back(struct kbp_poller *p)
{
	struct softnet_data *sd;
	u32 absorbed;

	local_irq_disable();
	sd = this_cpu_ptr(&softnet_data);
	list_splice_tail_init(&sd->poll_list, &p->list);
	list_splice_tail_init(&p->repoll, &p->list);
	list_splice_init(&p->list, &sd->poll_list);
	absorbed = kbp_absorb_net_rx(sd);
	kbp_rps_action_and_irq_enable(sd);

	kbp_defer_flush();
	return absorbed;
}
