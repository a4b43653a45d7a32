/* SPDX-License-Identifier: GPL-2.0 */
/* Before hrtimer_setup(), the callback was stored by hand after hrtimer_init(). */
#ifndef KBP_COMPAT_HRTIMER_H
#define KBP_COMPAT_HRTIMER_H

#include <linux/hrtimer.h>

#ifndef KBP_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

#endif /* KBP_COMPAT_HRTIMER_H */
