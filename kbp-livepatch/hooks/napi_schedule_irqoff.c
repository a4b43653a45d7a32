// SPDX-License-Identifier: GPL-2.0
/* Hook for __napi_schedule_irqoff(): interrupt handlers of drivers. */
#include "hooks.h"
#include "link.h"

/**
 * kbp_hook_napi_schedule_irqoff() - stands in for __napi_schedule_irqoff()
 * @napi: a NAPI whose SCHED bit the caller has just set
 *
 * Context: any, interrupts off.  On PREEMPT_RT the kernel itself does not trust that.
 */
void kbp_hook_napi_schedule_irqoff(struct napi_struct *napi)
{
	unsigned long flags;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		kbp_link_napi(napi);
		return;
	}
	local_irq_save(flags);
	kbp_link_napi(napi);
	local_irq_restore(flags);
}
