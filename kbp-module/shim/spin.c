// SPDX-License-Identifier: GPL-2.0
/* How a poller without work waits on its core: it looks at its list. */
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/smp.h>

#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#endif

#include "kbp_gate.h"
#include "kbp_hooks.h"
#include "kbp_shim.h"
#include "kbp_thread.h"

/*
 * Is there something for a round?  A NET_RX that the hook took for the poller may be raised for what is
 * on no list: deferred frees of packets.
 *
 * Context: kbp/N thread, which has seen @raises before.
 */
static bool kbp_round_is_due(u64 raises)
{
	return kbp_net_rx_waits(smp_processor_id()) || local_softirq_pending() || need_resched() ||
	       this_cpu_read(kbp_gate.raises) != raises;
}

/* Does somebody want something of the thread?  Context: kbp/N thread. */
static bool kbp_is_asked(bool others_waited)
{
	return this_cpu_read(kbp_threads.nudged) || !this_cpu_read(kbp_gate.owned) ||
	       (!others_waited && kbp_thread_others_waiting());
}

/*
 * A pause is kind to the other thread of the processor.  A virtual CPU that pauses again and again is
 * taken for one that waits for a lock, and made to leave the guest.
 */
static void kbp_spin_pause(void)
{
#ifdef CONFIG_X86
	if (boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return;
#endif
	cpu_relax();
}

/* A look at anything else but the list takes longer, and a packet that comes then waits. */
#define KBP_LOOKS_A_READING 8

/**
 * kbp_thread_spin_until_work() - keep the core until there is something to do, or for a time
 * @now_ns: a moment before the call
 * @limit_ns: longest spin, from then on
 * @beside_tasks: a task that waits already does not end it
 * @spun: what came of it
 *
 * A packet that comes during a round waits for its end; one that comes here does not.
 *
 * Context: kbp/N thread, bottom halves on.
 */
void kbp_thread_spin_until_work(u64 now_ns, u64 limit_ns, bool beside_tasks, struct kbp_spun *spun)
{
	bool others_waited = beside_tasks && kbp_thread_others_waiting();
	u64 raises = this_cpu_read(kbp_gate.raises);
	u64 end_ns = now_ns + limit_ns;

	*spun = (struct kbp_spun){ .end_ns = now_ns };
	while (!kbp_round_is_due(raises)) {
		if (!(spun->looks % KBP_LOOKS_A_READING)) {
			/* Not the new reading: what comes after a look must not seem to wait too short. */
			spun->empty_ns = spun->end_ns;
			kbp_spin_pause();
			spun->end_ns = kbp_now_ns();
			if (spun->looks)
				spun->looks_ns += spun->end_ns - spun->empty_ns;
			spun->longest_ns = max(spun->longest_ns, spun->end_ns - spun->empty_ns);
			if (spun->end_ns >= end_ns || kbp_is_asked(others_waited))
				return;
		}
		spun->looks++;
	}
	/* The look that ends it is shorter, and takes the place of the last. */
	if (spun->looks)
		spun->looks--;
	else
		kbp_spin_pause();
}
