/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel API differences, each behind a probe of Kbuild. */
#ifndef KBP_TN_COMPAT_H
#define KBP_TN_COMPAT_H

#include <linux/netdevice.h>

#include "compat/hrtimer.h"

#ifndef KBP_HAVE_NETIF_NAPI_SET_IRQ
/* Before that, a NAPI did not know its interrupt. */
static inline void netif_napi_set_irq(struct napi_struct *napi, int irq)
{
}
#endif

#endif
