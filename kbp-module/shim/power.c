// SPDX-License-Identifier: GPL-2.0
/* Power: the system's sleep, and how deep a core may sleep. */
#include <linux/cpu.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/pm_qos.h>
#include <linux/suspend.h>

#include "kbp_shim.h"

static DEFINE_PER_CPU(struct dev_pm_qos_request, kbp_latency);

/**
 * kbp_latency_limit() - bound the exit latency of a core's idle states
 * @core: an online core
 * @us: microseconds, or negative for no bound
 *
 * Context: process context, may sleep; control lock.
 * Return: 0 or an errno.
 */
int kbp_latency_limit(u32 core, s32 us)
{
	struct dev_pm_qos_request *request = per_cpu_ptr(&kbp_latency, core);
	int rc;

	if (us < 0)
		rc = dev_pm_qos_request_active(request) ? dev_pm_qos_remove_request(request) : 0;
	else if (dev_pm_qos_request_active(request))
		rc = dev_pm_qos_update_request(request, us);
	else
		rc = dev_pm_qos_add_request(get_cpu_device(core), request,
					    DEV_PM_QOS_RESUME_LATENCY, us);
	return min(rc, 0);
}

/* Context: process context, may sleep; the notifier chain's lock held. */
static int kbp_power_event(struct notifier_block *block, unsigned long event, void *unused)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		kbp_rs_suspend(true);
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		kbp_rs_suspend(false);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block kbp_power_notifier = { .notifier_call = kbp_power_event };

/** kbp_power_register() - be told before the system sleeps and after it has */
int kbp_power_register(void)
{
	return register_pm_notifier(&kbp_power_notifier);
}

/** kbp_power_unregister() - undo kbp_power_register() */
void kbp_power_unregister(void)
{
	unregister_pm_notifier(&kbp_power_notifier);
}
