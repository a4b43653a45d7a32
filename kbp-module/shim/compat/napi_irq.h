/* SPDX-License-Identifier: GPL-2.0 */
/* A NAPI may know its interrupt, if its driver has told the kernel. */
#ifndef KBP_COMPAT_NAPI_IRQ_H
#define KBP_COMPAT_NAPI_IRQ_H

#include <linux/cpumask.h>
#include <linux/irq.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#ifdef KBP_HAVE_NAPI_IRQ

/*
 * Where the operator wants the interrupt.  A change waits for the next interrupt on most x86
 * machines, and it is for that one that the NAPI must not be held here.
 */
static inline const struct cpumask *kbp_irq_wanted(struct irq_data *data)
{
#ifdef CONFIG_GENERIC_PENDING_IRQ
	if (irqd_is_setaffinity_pending(data))
		return irq_data_to_desc(data)->pending_mask;
#endif
	return irq_data_get_affinity_mask(data);
}

/*
 * Will its next interrupts come to this core?  Of the cores that are wanted the kernel has chosen
 * some, unless the change waits.  True where nobody knows.
 *
 * Context: preemption off.  The answer may be outdated at once.
 */
static inline bool kbp_napi_irq_comes_here(const struct napi_struct *napi)
{
	const struct cpumask *wanted, *chosen;
	int irq = READ_ONCE(napi->irq);
	int here = smp_processor_id();
	struct irq_data *data;
	bool comes = true;

	if (irq <= 0)
		return true;
	/* An interrupt's description is freed after a grace period. */
	rcu_read_lock();
	data = irq_get_irq_data(irq);
	if (data) {
		wanted = kbp_irq_wanted(data);
		chosen = irq_data_get_effective_affinity_mask(data);
		comes = cpumask_test_cpu(here, wanted) &&
			(cpumask_test_cpu(here, chosen) || !cpumask_intersects(wanted, chosen));
	}
	rcu_read_unlock();
	return comes;
}

#else

static inline bool kbp_napi_irq_comes_here(const struct napi_struct *napi)
{
	return true;
}

#endif
#endif /* KBP_COMPAT_NAPI_IRQ_H */
