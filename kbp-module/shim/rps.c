// SPDX-License-Identifier: GPL-2.0
/*
 * What RPS left for other cores: their backlogs hold packets, and their IPIs are still to be sent.
 *
 * The kernel does this in net_rps_action_and_irq_enable(), which a compiler may put into its
 * callers, where nobody can call it.  It rests on exported parts alone and is as old as RPS, so it
 * is done here, in the same way on every kernel.  verify compares the fields it uses.
 */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/netdevice.h>
#include <linux/smp.h>

#include "kbp_gate.h"

/**
 * kbp_rps_kick_and_irq_enable() - send the IPIs that RPS has put off
 * @sd: this core's
 *
 * With threads for backlogs nothing is ever put off.
 *
 * Context: bottom halves off; interrupts off on entry, on when it returns.
 */
void kbp_rps_kick_and_irq_enable(struct softnet_data *sd)
{
#ifdef CONFIG_RPS
	struct softnet_data *other = sd->rps_ipi_list;
	struct softnet_data *next;

	sd->rps_ipi_list = NULL;
	local_irq_enable();
	for (; other; other = next) {
		/* From its IPI on, the other core may link itself into a list again. */
		next = other->rps_ipi_next;
		if (cpu_online(other->cpu))
			smp_call_function_single_async(other->cpu, &other->csd);
	}
#else
	local_irq_enable();
#endif
}
