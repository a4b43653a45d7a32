/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks, for the patch table. */
#ifndef KBP_LIVEPATCH_HOOKS_H
#define KBP_LIVEPATCH_HOOKS_H

#include <linux/netdevice.h>

void kbp_hook_napi_schedule(struct napi_struct *napi);
void kbp_hook_napi_schedule_irqoff(struct napi_struct *napi);
void kbp_hook_trigger_rx_softirq(void *data);

#endif /* KBP_LIVEPATCH_HOOKS_H */
