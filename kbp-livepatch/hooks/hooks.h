/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks, for the patch table. */
#ifndef KBP_LIVEPATCH_HOOKS_H
#define KBP_LIVEPATCH_HOOKS_H

#include <linux/netdevice.h>

void kbp_hook_raise_softirq(unsigned int nr);
void kbp_hook_napi_schedule(struct napi_struct *napi);
void kbp_hook_napi_schedule_irqoff(struct napi_struct *napi);

int kbp_raise_is_inlined(void);

#endif /* KBP_LIVEPATCH_HOOKS_H */
