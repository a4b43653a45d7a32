/* SPDX-License-Identifier: GPL-2.0 */
/* What linking a NAPI to a core's poll list touches besides the list. */
#ifndef KBP_COMPAT_NAPI_LINK_H
#define KBP_COMPAT_NAPI_LINK_H

#include <linux/compiler.h>
#include <linux/netdevice.h>

/* page_pool recycles directly only when the NAPI belongs to the core it runs on. */
static __always_inline void kbp_set_list_owner(struct napi_struct *napi, int core)
{
#ifdef KBP_HAVE_LIST_OWNER
	WRITE_ONCE(napi->list_owner, core);
#endif
}

/* True while net_rx_action() runs here; it looks at the list again before it ends. */
static __always_inline bool kbp_in_net_rx_action(const struct softnet_data *sd)
{
#ifdef KBP_HAVE_IN_NET_RX_ACTION
	return sd->in_net_rx_action;
#else
	return false;
#endif
}

/*
 * net_rx_action() that ran out of budget leaves the flag set for the run it has raised. Who takes
 * that run over ends it, or nobody on this core would raise or wake any more.
 */
static __always_inline void kbp_end_net_rx_action(struct softnet_data *sd)
{
#ifdef KBP_HAVE_IN_NET_RX_ACTION
	sd->in_net_rx_action = false;
#endif
}

#endif /* KBP_COMPAT_NAPI_LINK_H */
