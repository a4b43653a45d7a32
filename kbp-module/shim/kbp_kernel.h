/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own functions that it does not export.  Each has one wrapper in kernel.c,
 * because on 6.1 every livepatch relocation costs a walk through all symbols at load, and
 * because a direct call is the only call these functions may get: on IBT processors they
 * have no landing pad.  The list for the build is klp.syms.
 */
#ifndef KBP_KERNEL_H
#define KBP_KERNEL_H

#include <linux/netdevice.h>

int kbp_napi_poll(struct napi_struct *napi, bool *repoll);
void kbp_raise_softirq_irqoff(unsigned int nr);
void kbp_raise_softirq_in_irq(unsigned int nr);

#endif /* KBP_KERNEL_H */
