// SPDX-License-Identifier: GPL-2.0
/* Hook for __napi_schedule(): most drivers, and process context. */
#include "hooks.h"
#include "link.h"

/**
 * kbp_hook_napi_schedule() - takes the place of __napi_schedule()
 * @napi: a NAPI whose SCHED bit the caller has just set
 *
 * Context: any.
 */
void kbp_hook_napi_schedule(struct napi_struct *napi)
{
	unsigned long flags;

	local_irq_save(flags);
	kbp_link_napi(napi);
	local_irq_restore(flags);
}
