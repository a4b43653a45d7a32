// SPDX-License-Identifier: GPL-2.0
/*
 * Hook for __raise_softirq_irqoff(): who calls it knows that softirqs run soon, and wakes nobody.
 * RPS, deferred frees and, on 6.1, the scheduling of NAPIs come this way.
 */
#include "hooks.h"
#include "raise.h"
#include "kbp_hooks.h"

/**
 * kbp_hook_raise_softirq_in_irq() - stands in for __raise_softirq_irqoff()
 * @nr: which softirq
 *
 * Context: any, interrupts off.
 */
void kbp_hook_raise_softirq_in_irq(unsigned int nr)
{
	if (nr == NET_RX_SOFTIRQ && kbp_gate_admit())
		return;
	kbp_mark_softirq(nr);
}
