// SPDX-License-Identifier: GPL-2.0
/*
 * The core's backlog NAPI: what loopback, veth and RPS put on it.
 *
 * Where the compiler has copied the raise of NET_RX into functions that no hook replaces, a
 * schedule of the backlog reaches neither the gate nor a sleeping poller.  But the kernel asks
 * first whether the NAPI has a thread of its own, and wakes that instead.  So for as long as the poller
 * serves the core, the poller is that thread.
 *
 * Such a schedule leaves SCHED and SCHED_THREADED set and the NAPI on no list; the poller puts it on
 * the core's list (kbp_backlog_keep()), and from there all is as usual.
 *
 * The kernel changes the state of a backlog under the lock of its queue, in part with plain
 * instructions from other cores; so whoever sets a bit here that must stay takes the lock, too.
 * SCHED_THREADED alone is set without it, by a core for itself; other cores write the state only
 * while the queue is empty, which it is not from a schedule to the poll that follows, unless a
 * device goes away meanwhile and its packets with it (see stray.c).  That is why the poller waits
 * for SCHED_THREADED and not for SCHED: another core sets the latter first, and its IPI, which would
 * put the NAPI on the list, may still be on its way.
 *
 * The claim may have to end in an IPI, where a lock of this kind must not be taken (lockdep says:
 * invalid wait context).  What ends it is that the NAPI has no thread any more: the kernel asks for
 * both, the bit and the thread.  Another core that is just writing may bring the cleared bit back,
 * which means nothing then.
 */
#include <linux/list.h>
#include <linux/spinlock.h>

#include "kbp_backlog.h"
#include "kbp_shim.h"

DEFINE_PER_CPU(struct kbp_backlog, kbp_backlog);

/* Context: on the core, interrupts off. */
static void kbp_backlog_collect(struct softnet_data *sd)
{
	struct napi_struct *backlog = &sd->backlog;

	if (test_and_clear_bit(NAPI_STATE_SCHED_THREADED, &backlog->state) &&
	    !kbp_backlog_is_linked(backlog))
		list_add_tail(&backlog->poll_list, &sd->poll_list);
}

/**
 * kbp_backlog_claim() - from here on schedules of this core's backlog wake the poller
 * @sd: this core's
 * @poller: its thread, which outlives the claim
 *
 * A backlog with a thread of its own (threaded backlogs, a boot parameter) is left alone: put in
 * that thread's place, the poller would still not be rid of it, which looks for SCHED_THREADED by
 * itself whenever it is woken.  Control tells that such a core is not served whole.
 *
 * Context: kbp/N thread on its core, interrupts off.
 */
void kbp_backlog_claim(struct softnet_data *sd, struct task_struct *poller)
{
	struct napi_struct *backlog = &sd->backlog;

	this_cpu_write(kbp_backlog.has_thread, backlog->thread);
	if (!this_cpu_read(kbp_backlog.escapes) || this_cpu_read(kbp_backlog.has_thread))
		return;
	spin_lock(&sd->input_pkt_queue.lock);
	WRITE_ONCE(backlog->thread, poller);
	set_bit(NAPI_STATE_THREADED, &backlog->state);
	this_cpu_write(kbp_backlog.claimed, true);
	spin_unlock(&sd->input_pkt_queue.lock);
}

/**
 * kbp_backlog_keep_claimed() - put a scheduled backlog on the list, and renew the claim
 * @sd: this core's
 *
 * Context: on the core, interrupts off; claimed.
 */
void kbp_backlog_keep_claimed(struct softnet_data *sd)
{
	unsigned long state = READ_ONCE(sd->backlog.state);

	if ((state & NAPIF_STATE_THREADED) && !(state & NAPIF_STATE_SCHED_THREADED))
		return;
	spin_lock(&sd->input_pkt_queue.lock);
	kbp_backlog_collect(sd);
	set_bit(NAPI_STATE_THREADED, &sd->backlog.state);
	spin_unlock(&sd->input_pkt_queue.lock);
}

/**
 * kbp_backlog_release() - schedules of this core's backlog are the kernel's business again
 * @sd: this core's
 *
 * Context: on the core, interrupts off, also in an IPI; the caller raises NET_RX.
 */
void kbp_backlog_release(struct softnet_data *sd)
{
	if (!this_cpu_read(kbp_backlog.claimed))
		return;
	WRITE_ONCE(sd->backlog.thread, NULL);
	clear_bit(NAPI_STATE_THREADED, &sd->backlog.state);
	kbp_backlog_collect(sd);
	this_cpu_write(kbp_backlog.claimed, false);
}

/**
 * kbp_backlog_has_thread() - did the backlog of @core have a thread of its own when it was taken?
 * @core: a possible core
 *
 * Context: any.
 */
bool kbp_backlog_has_thread(u32 core)
{
	return READ_ONCE(per_cpu(kbp_backlog.has_thread, core));
}
