/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks, for the patch table. */
#ifndef KBP_LIVEPATCH_HOOKS_H
#define KBP_LIVEPATCH_HOOKS_H

#include <linux/hrtimer.h>
#include <linux/netdevice.h>

void kbp_hook_raise_softirq(unsigned int nr);
void kbp_hook_napi_schedule(struct napi_struct *napi);
void kbp_hook_napi_schedule_irqoff(struct napi_struct *napi);
enum hrtimer_restart kbp_hook_napi_watchdog(struct hrtimer *timer);

int kbp_raise_is_inlined(void);

#endif /* KBP_LIVEPATCH_HOOKS_H */
