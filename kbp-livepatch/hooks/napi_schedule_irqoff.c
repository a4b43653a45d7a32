// SPDX-License-Identifier: GPL-2.0
/* Hook for __napi_schedule_irqoff(): interrupt handlers of drivers. */
#include "hooks.h"
#include "link.h"

/**
 * kbp_hook_napi_schedule_irqoff() - takes the place of __napi_schedule_irqoff()
 * @napi: a NAPI whose SCHED bit the caller has just set
 *
 * Context: any, interrupts off.  (PREEMPT_RT does not trust that, and is refused: poll.c.)
 */
void kbp_hook_napi_schedule_irqoff(struct napi_struct *napi)
{
	kbp_link_napi(napi);
}
