// SPDX-License-Identifier: GPL-2.0
/* Cores that go offline and come back. */
#include <linux/cpuhotplug.h>

#include "kbp_control.h"
#include "kbp_shim.h"

static enum cpuhp_state kbp_hotplug_state;

/* Context: hotplug thread of @core, CPU hotplug lock held for writing. */
static int kbp_core_online_callback(unsigned int core)
{
	mutex_lock(&kbp_control_mutex);
	kbp_rs_core_returns(core);
	mutex_unlock(&kbp_control_mutex);
	return 0;
}

/* Context: hotplug thread of @core, CPU hotplug lock held for writing. */
static int kbp_core_offline_callback(unsigned int core)
{
	int rc;

	mutex_lock(&kbp_control_mutex);
	rc = kbp_rs_core_leaves(core);
	mutex_unlock(&kbp_control_mutex);
	return rc;
}

/** kbp_hotplug_register() - be told before a core goes offline and after it has come back */
int kbp_hotplug_register(void)
{
	int rc = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "net/kbp:online",
					   kbp_core_online_callback, kbp_core_offline_callback);

	if (rc < 0)
		return rc;
	kbp_hotplug_state = rc;
	return 0;
}

/** kbp_hotplug_unregister() - undo kbp_hotplug_register() */
void kbp_hotplug_unregister(void)
{
	cpuhp_remove_state_nocalls(kbp_hotplug_state);
}
