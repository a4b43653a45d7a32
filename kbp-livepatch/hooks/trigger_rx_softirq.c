// SPDX-License-Identifier: GPL-2.0
/*
 * Hook for trigger_rx_softirq(): another core asks this one, by IPI, to free the packets it
 * has collected for it.  The poller frees them in every cycle, so its core needs no softirq
 * for that; without this hook an IPI that hits between two cycles would run one.
 */
#include <linux/atomic.h>
#include <linux/interrupt.h>

#include "hooks.h"
#include "kbp_hooks.h"

extern void __raise_softirq_irqoff(unsigned int nr);

/**
 * kbp_hook_trigger_rx_softirq() - stands in for trigger_rx_softirq()
 * @data: this core's softnet_data
 *
 * Context: SMP call, interrupts off.
 */
void kbp_hook_trigger_rx_softirq(void *data)
{
	struct softnet_data *sd = data;

	if (!kbp_gate_admit())
		__raise_softirq_irqoff(NET_RX_SOFTIRQ);
	/* From here on the next request may come. */
	smp_store_release(&sd->defer_ipi_scheduled, 0);
}
