/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernels without a fair server for starved tasks stop all real-time tasks of a core in their
 * place: who has run for sched_rt_runtime_us of each sched_rt_period_us stands still for the rest,
 * whether anybody waits or not.
 */
#ifndef KBP_COMPAT_RT_THROTTLE_H
#define KBP_COMPAT_RT_THROTTLE_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>

#ifdef KBP_HAVE_FAIR_SERVER

static inline bool kbp_rt_throttled(struct task_struct *task)
{
	return false;
}

#else

/* In microseconds; a negative runtime means no limit. */
extern int sysctl_sched_rt_runtime;
extern unsigned int sysctl_sched_rt_period;

/* Would @task be stopped if it did not pause by itself?  Context: any. */
static inline bool kbp_rt_throttled(struct task_struct *task)
{
	int runtime = READ_ONCE(sysctl_sched_rt_runtime);

	return rt_task(task) && runtime >= 0 &&
	       (unsigned int)runtime < READ_ONCE(sysctl_sched_rt_period);
}

#endif
#endif /* KBP_COMPAT_RT_THROTTLE_H */
