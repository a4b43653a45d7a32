// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this kernel's compiler has copied __raise_softirq_irqoff() into raise_softirq_irqoff().
 * Then drivers' schedules pass by the hook of the former, and the latter cannot be patched (the
 * kernel's "inline" means notrace), so the schedules get hooks of their own.
 */
#include <linux/ftrace.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <linux/smp.h>

#include "hooks.h"

extern void raise_softirq_irqoff(unsigned int nr);

/* Raised by the trial on this CPU with interrupts off; seen only then. */
static int kbp_trial_cpu = -1;
static bool kbp_trial_seen;

/* Context: any. */
static void notrace kbp_see_raise(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
				  struct ftrace_regs *regs)
{
	if (raw_smp_processor_id() == READ_ONCE(kbp_trial_cpu) && irqs_disabled())
		kbp_trial_seen = true;
}

/*
 * Raises NET_RX once, which does no harm: the softirq finds nothing to do.
 *
 * Context: process context, bottom halves off, so that nobody needs ksoftirqd for it.
 */
static void kbp_try_raise(void)
{
	local_irq_disable();
	WRITE_ONCE(kbp_trial_cpu, raw_smp_processor_id());
	kbp_trial_seen = false;
	raise_softirq_irqoff(NET_RX_SOFTIRQ);
	WRITE_ONCE(kbp_trial_cpu, -1);
	local_irq_enable();
}

/**
 * kbp_raise_is_inlined() - find out by trying
 *
 * Context: process context, may sleep.
 * Return: 1 or 0; a negative error when the trial was not possible.
 */
int kbp_raise_is_inlined(void)
{
	static struct ftrace_ops ops = { .func = kbp_see_raise };
	static char name[] = "__raise_softirq_irqoff";
	int error;

	error = ftrace_set_filter(&ops, name, sizeof(name) - 1, 1);
	if (!error)
		error = register_ftrace_function(&ops);
	if (error)
		return error;
	local_bh_disable();
	kbp_try_raise();
	local_bh_enable();
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
	return !kbp_trial_seen;
}
