/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's flag for "somebody on this core looks at the poll list again before it ends":
 * while it is set, scheduling a NAPI raises nothing.  6.1 has no such flag; there every schedule
 * raises, and the hooks stop it.
 */
#ifndef KBP_COMPAT_NET_RX_FLAG_H
#define KBP_COMPAT_NET_RX_FLAG_H

#include <linux/compiler.h>
#include <linux/netdevice.h>

/* Context: on the core, interrupts off; the poller looks at the list again, or clears the flag. */
static __always_inline void kbp_begin_net_rx_action(struct softnet_data *sd)
{
#ifdef KBP_HAVE_IN_NET_RX_ACTION
	sd->in_net_rx_action = true;
#endif
}

/* Context: on the core, interrupts off. */
static __always_inline void kbp_end_net_rx_action(struct softnet_data *sd)
{
#ifdef KBP_HAVE_IN_NET_RX_ACTION
	sd->in_net_rx_action = false;
#endif
}

/* Context: on the core, interrupts off. */
static __always_inline bool kbp_in_net_rx_action(const struct softnet_data *sd)
{
#ifdef KBP_HAVE_IN_NET_RX_ACTION
	return sd->in_net_rx_action;
#else
	return false;
#endif
}

#endif /* KBP_COMPAT_NET_RX_FLAG_H */
