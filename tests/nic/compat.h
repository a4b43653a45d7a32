/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel API differences, each behind a probe of Kbuild. */
#ifndef KBP_TN_COMPAT_H
#define KBP_TN_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/netdevice.h>

#ifndef KBP_HAVE_HRTIMER_SETUP
/* Before hrtimer_setup(), the callback was stored by hand after hrtimer_init(). */
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#ifndef KBP_HAVE_NETIF_NAPI_SET_IRQ
/* Before that, a NAPI did not know its interrupt. */
static inline void netif_napi_set_irq(struct napi_struct *napi, int irq)
{
}
#endif

#endif
