/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handing on what a NAPI has gathered: gro_flush_normal() of the kernel, which modules cannot
 * call.  The gathered packets are in a gro_node of their own or in the NAPI.
 */
#ifndef KBP_COMPAT_GRO_H
#define KBP_COMPAT_GRO_H

#include <linux/netdevice.h>
#include <net/gro.h>

/* As the kernel says where it flushes without completing: below 1000 Hz, "old" is everything. */
#define KBP_FLUSH_OLD (HZ >= 1000)

#ifdef KBP_HAVE_GRO_NODE

/* Context: bottom halves off; the NAPI's SCHED is ours. */
static inline void kbp_gro_flush(struct napi_struct *napi)
{
	struct gro_node *gro = &napi->gro;

	if (gro->bitmask)
		__gro_flush(gro, KBP_FLUSH_OLD);
	if (gro->rx_count) {
		netif_receive_skb_list(&gro->rx_list);
		INIT_LIST_HEAD(&gro->rx_list);
		gro->rx_count = 0;
	}
}

#else

/* Context: bottom halves off; the NAPI's SCHED is ours. */
static inline void kbp_gro_flush(struct napi_struct *napi)
{
	if (napi->gro_bitmask)
		napi_gro_flush(napi, KBP_FLUSH_OLD);
	if (napi->rx_count) {
		netif_receive_skb_list(&napi->rx_list);
		INIT_LIST_HEAD(&napi->rx_list);
		napi->rx_count = 0;
	}
}

#endif
#endif /* KBP_COMPAT_GRO_H */
