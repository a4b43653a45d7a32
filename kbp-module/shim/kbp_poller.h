/* SPDX-License-Identifier: GPL-2.0 */
/* A poller's scratch space, private to the shim. */
#ifndef KBP_POLLER_H
#define KBP_POLLER_H

#include <linux/list.h>

#include "compat/bpf_ctx.h"

/**
 * struct kbp_poller - lives on the stack of its kbp/N thread and is touched by it alone
 * @list: NAPIs taken for this cycle
 * @repoll: NAPIs that used up their weight and want another turn
 * @preemptions: how often the scheduler had taken the core from the thread at its last cycle
 * @bpf: where drivers' XDP programs keep their redirect state during a cycle
 */
struct kbp_poller {
	struct list_head list;
	struct list_head repoll;
	unsigned long preemptions;
	struct kbp_bpf_ctx bpf;
};

#endif /* KBP_POLLER_H */
