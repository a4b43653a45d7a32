// SPDX-License-Identifier: GPL-2.0
/* Hook for napi_watchdog(): the timer of deferred interrupts and of GRO. */
#include "hooks.h"
#include "link.h"

/**
 * kbp_hook_napi_watchdog() - takes the place of napi_watchdog()
 * @timer: of the NAPI that is to be polled without an interrupt
 *
 * Context: hard interrupt.
 */
enum hrtimer_restart kbp_hook_napi_watchdog(struct hrtimer *timer)
{
	struct napi_struct *napi = container_of(timer, struct napi_struct, timer);

	/* Not napi_schedule_prep(): no device has called, so nothing was missed. */
	if (!napi_disable_pending(napi) && !test_and_set_bit(NAPI_STATE_SCHED, &napi->state)) {
		clear_bit(NAPI_STATE_PREFER_BUSY_POLL, &napi->state);
		kbp_link_napi(napi);
	}
	return HRTIMER_NORESTART;
}
