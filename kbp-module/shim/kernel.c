// SPDX-License-Identifier: GPL-2.0
/* One wrapper for each function the kernel does not export; see kbp_kernel.h. */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "kbp_kernel.h"
#include "kbp_shim.h"

/* Makes the kernel apply the relocations or refuse the module; it carries no patch. */
MODULE_INFO(livepatch, "Y");
/* The module! macro knows no version. */
MODULE_VERSION(KBP_VERSION);

/* Never __weak: an unresolved weak call would jump to address 0. */
extern int __napi_poll(struct napi_struct *n, bool *repoll);
extern void raise_softirq_irqoff(unsigned int nr);
extern void __raise_softirq_irqoff(unsigned int nr);
#ifndef CONFIG_TINY_RCU
extern void rcu_softirq_qs(void);
#endif

/**
 * kbp_napi_poll() - poll one NAPI as the NET_RX softirq does
 * @napi: a NAPI taken off this core's poll list
 * @repoll: set when it wants to be polled again
 *
 * Context: bottom halves off, interrupts on, bpf net context set.
 */
noinline int kbp_napi_poll(struct napi_struct *napi, bool *repoll)
{
	return __napi_poll(napi, repoll);
}

/**
 * kbp_raise_softirq_irqoff() - mark a softirq of this core pending
 * @nr: which
 *
 * Context: interrupts off.
 */
noinline void kbp_raise_softirq_irqoff(unsigned int nr)
{
	raise_softirq_irqoff(nr);
}

/**
 * kbp_raise_softirq_in_irq() - the same for who is in an interrupt: wakes nobody
 * @nr: which
 *
 * Context: interrupts off.
 */
noinline void kbp_raise_softirq_in_irq(unsigned int nr)
{
	__raise_softirq_irqoff(nr);
}

/**
 * kbp_patch_pending() - does a livepatch transition wait for this thread?
 *
 * Context: kbp/N thread.
 */
bool kbp_patch_pending(void)
{
	return klp_patch_pending(current);
}

/**
 * kbp_patch_join() - move this thread to the target of the pending transition
 *
 * Context: kbp/N thread between two cycles.  On its stack are kthread(), kbp_thread_main() and
 * the poll loop.  None of them is ever returned to from a patched function: the thread ends in
 * kthread_complete_and_exit(), which does not return.
 */
noinline void kbp_patch_join(void)
{
	klp_update_patch_state(current);
}

/**
 * kbp_quiescent_state() - tell RCU and RCU-tasks that this thread holds nothing
 *
 * Context: kbp/N thread between two cycles, preemption on.
 */
noinline void kbp_quiescent_state(void)
{
	preempt_disable();
	rcu_softirq_qs();
	preempt_enable();
}
