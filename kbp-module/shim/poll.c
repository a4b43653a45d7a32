// SPDX-License-Identifier: GPL-2.0
/*
 * The acts of one poll cycle.  The engine (Rust) decides their order; the model is
 * net_rx_action() of the kernel, and each act here is one step of it.
 *
 * Invariant (own-core): a poller only ever touches the softnet_data of the core it is bound
 * to, so page_pool's direct recycling (which trusts list_owner == this core) stays right.
 * Invariant (list-irq): softnet_data.poll_list is touched only with interrupts off.
 * Invariant (closed-gate): with the gate closed the poller takes nothing; so a core that was given
 * away from outside has one owner, softirq.
 * Invariant (sched-held): a held NAPI has SCHED set by us, which is what keeps it from being
 * freed (napi_disable() waits for it), and it is on the poll list whenever bottom halves are on.
 * There it is like any scheduled NAPI: a softirq that polls it completes it and arms its interrupt.
 */
#include <linux/bottom_half.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netpoll.h>

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_kernel.h"
#include "kbp_poller.h"
#include "kbp_shim.h"
#include "compat/budget.h"
#include "compat/defer.h"
#include "compat/gro.h"
#include "compat/net_rx_flag.h"

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
	lockdep_assert_irqs_enabled();
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

/**
 * kbp_poller_budget() - how much the kernel lets one cycle do
 * @budget: what the sysctls say now; an operator's change is followed from the next cycle on
 *
 * Context: any.
 */
void kbp_poller_budget(struct kbp_budget *budget)
{
	budget->packets = kbp_netdev_budget();
	budget->time_us = kbp_netdev_budget_usecs();
}

/*
 * Takes a pending NET_RX softirq over.  What it was raised for is on the poll list, on the
 * RPS list or on the deferred-free list, and the rest of the cycle serves all three.
 */
static u32 kbp_absorb_net_rx(void)
{
	u32 pending = local_softirq_pending();

	if (!(pending & BIT(NET_RX_SOFTIRQ)))
		return 0;
	set_softirq_pending(pending & ~BIT(NET_RX_SOFTIRQ));
	return 1;
}

/**
 * kbp_poller_take_list() - move this core's poll list to the poller
 * @p: the calling thread's; its lists are empty
 * @called_ns: when a raise ended a sleep for work since the last call, 0: none did
 * @preempted: the scheduler has run others since the last call, unasked
 *
 * From here on the kernel need not raise NET_RX for this core: its own flag tells it that
 * somebody will look at the list again.  The flag is set anew in every cycle, because a NET_RX
 * softirq that runs nevertheless clears it.
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: pending NET_RX softirqs taken over, or -1 when the gate is closed.
 */
int kbp_poller_take_list(struct kbp_poller *p, u64 *called_ns, bool *preempted)
{
	struct kbp_gate *gate;
	struct softnet_data *sd;
	int absorbed = -1;

	*preempted = current->nivcsw != p->preemptions;
	p->preemptions = current->nivcsw;
	local_irq_disable();
	gate = this_cpu_ptr(&kbp_gate);
	sd = this_cpu_ptr(&softnet_data);
	*called_ns = gate->called_ns;
	gate->called_ns = 0;
	gate->beat++;
	if (gate->owned) {
		absorbed = kbp_absorb_net_rx();
		kbp_begin_net_rx_action(sd);
		kbp_backlog_keep(sd);
		list_splice_init(&sd->poll_list, &p->list);
	}
	local_irq_enable();
	return absorbed;
}

/*
 * May this NAPI's interrupt stay off?  The kernel's own busy pollers ask the same.  A NAPI that
 * is to be disabled, or to get a thread of its own, must come to rest.
 */
static bool kbp_may_hold(const struct napi_struct *napi, bool backlog)
{
	const unsigned long not_held = NAPIF_STATE_DISABLE | NAPIF_STATE_NPSVC |
				       NAPIF_STATE_NO_BUSY_POLL | NAPIF_STATE_THREADED;

	return !backlog && !(READ_ONCE(napi->state) & not_held) &&
	       kbp_napi_calls(napi) < KBP_NAPI_CALLS_MOST;
}

/*
 * Has the interrupt of a held NAPI come since its last poll?  It is about to be polled, so the
 * mark that this left is taken away, as the kernel's own busy pollers do: kept, it would have
 * napi_complete_done() schedule the NAPI here once more, and one whose interrupt has moved would
 * never follow it to the other core.
 */
static bool kbp_take_call(struct napi_struct *napi)
{
	if (!test_bit(NAPI_STATE_MISSED, &napi->state))
		return false;
	clear_bit(NAPI_STATE_MISSED, &napi->state);
	return true;
}

/* Context: a held NAPI, which is ours; others change other bits of its state meanwhile. */
static void kbp_count_calls(struct napi_struct *napi, bool called, bool worked)
{
	const unsigned long all = (KBP_NAPI_CALLS_MOST | KBP_NAPI_UNCALLED) << KBP_NAPI_CALLS_SHIFT;
	unsigned long before = (READ_ONCE(napi->state) & all) >> KBP_NAPI_CALLS_SHIFT;
	unsigned long next = before;
	unsigned long state, with;

	if (called)
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

/**
 * kbp_poller_poll_next() - poll the next NAPI of the taken list once
 * @p: the calling thread's
 * @hold: keep its interrupt off if it is one that allows that
 * @polled: what it was and what came of it
 *
 * A NAPI that is not held and whose poll returned less than its weight may be gone by then and
 * is not touched any more.
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: false when the list is empty.
 */
bool kbp_poller_poll_next(struct kbp_poller *p, bool hold, struct kbp_polled *polled)
{
	struct napi_struct *napi;
	bool called = false;
	bool repoll = false;
	void *netpoll;
	int weight;
	int work;

	if (list_empty(&p->list))
		return false;
	napi = list_first_entry(&p->list, struct napi_struct, poll_list);
	list_del_init(&napi->poll_list);

	polled->napi_id = napi->napi_id;
	polled->ifindex = napi->dev ? napi->dev->ifindex : 0;
	polled->backlog = napi == this_cpu_ptr(&softnet_data.backlog);
	polled->was_held = test_bit(KBP_NAPI_STATE_HELD, &napi->state);
	polled->is_held = hold && kbp_may_hold(napi, polled->backlog);
	if (polled->was_held != polled->is_held)
		assign_bit(KBP_NAPI_STATE_HELD, &napi->state, polled->is_held);
	polled->arms = kbp_napi_calls(napi) == KBP_NAPI_CALLS_MOST;
	if (polled->was_held)
		called = kbp_take_call(napi);
	if (polled->is_held)
		set_bit(NAPI_STATE_IN_BUSY_POLL, &napi->state);
	weight = napi->weight;

	netpoll = netpoll_poll_lock(napi);
	work = kbp_napi_poll(napi, &repoll);
	if (polled->is_held) {
		clear_bit(NAPI_STATE_IN_BUSY_POLL, &napi->state);
		if (polled->was_held)
			kbp_count_calls(napi, called, work > 0);
		/* Its poll did not complete it, so nothing of it was flushed. */
		kbp_gro_flush(napi);
		repoll = list_empty(&napi->poll_list);
	}
	if (repoll)
		list_add_tail(&napi->poll_list, &p->repoll);
	netpoll_poll_unlock(netpoll);

	polled->packets = max(work, 0);
	polled->exhausted = work >= weight;
	return true;
}

/**
 * kbp_poller_count_left() - the cycle has used up its budget: how many taken NAPIs still wait?
 * @p: the calling thread's
 *
 * Counts it where people look: time_squeeze in /proc/net/softnet_stat.
 *
 * Context: kbp/N thread, bottom halves off.
 */
u32 kbp_poller_count_left(struct kbp_poller *p)
{
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);
	struct list_head *napi;
	u32 left = 0;

	WRITE_ONCE(sd->time_squeeze, sd->time_squeeze + 1);
	list_for_each(napi, &p->list) left++;
	return left;
}

/**
 * kbp_poller_give_back() - return what is unfinished to the core, and finish as NET_RX does
 * @p: the calling thread's; its lists are empty afterwards
 *
 * The order on the core's list is: left over, newly scheduled, to be polled again.  When the
 * gate was closed during the cycle, all of it is softirq's.
 *
 * Context: kbp/N thread, bottom halves off, interrupts on.
 * Return: pending NET_RX softirqs taken over.
 */
u32 kbp_poller_give_back(struct kbp_poller *p)
{
	struct softnet_data *sd;
	u32 absorbed = 0;

	local_irq_disable();
	sd = this_cpu_ptr(&softnet_data);
	list_splice_tail_init(&sd->poll_list, &p->list);
	list_splice_tail_init(&p->repoll, &p->list);
	list_splice_init(&p->list, &sd->poll_list);
	if (this_cpu_read(kbp_gate.owned)) {
		absorbed = kbp_absorb_net_rx();
		kbp_backlog_keep(sd);
	} else if (kbp_net_rx_waits(smp_processor_id())) {
		kbp_gate_shut_here();
	}
	if (kbp_rps_waits(smp_processor_id()))
		kbp_rps_action_and_irq_enable(sd);
	else
		local_irq_enable();

	kbp_defer_flush();
	return absorbed;
}
