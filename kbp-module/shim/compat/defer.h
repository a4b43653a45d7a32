/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that other cores consumed come back to the core that allocated them, to be freed
 * there by its NET_RX softirq.  Where they wait differs: lock-less lists per node in
 * net_hotdata, or a locked list in softnet_data.
 */
#ifndef KBP_COMPAT_DEFER_H
#define KBP_COMPAT_DEFER_H

#include <linux/netdevice.h>
#include <linux/nodemask.h>
#include <linux/skbuff.h>

#ifdef KBP_HAVE_DEFER_NODES

#include <net/hotdata.h>

/* Context: kbp/N thread, bottom halves off, interrupts on. */
static inline void kbp_defer_flush(void)
{
	struct skb_defer_node *waiting;
	struct sk_buff *skb, *next;
	int node;

	/* Not for_each_node(): to find no further node in its bitmap costs more than all the rest. */
	for (node = 0; node < nr_node_ids; node++) {
		waiting = this_cpu_ptr(net_hotdata.skb_defer_nodes) + node;
		if (llist_empty(&waiting->defer_list))
			continue;
		atomic_long_set(&waiting->defer_count, 0);
		llist_for_each_entry_safe(skb, next, llist_del_all(&waiting->defer_list), ll_node)
			napi_consume_skb(skb, 1);
	}
}

#else

/* Context: kbp/N thread, bottom halves off, interrupts on. */
static inline void kbp_defer_flush(void)
{
	struct softnet_data *sd = this_cpu_ptr(&softnet_data);
	struct sk_buff *skb, *next;
	unsigned long flags;

	if (!READ_ONCE(sd->defer_list))
		return;
	spin_lock_irqsave(&sd->defer_lock, flags);
	skb = sd->defer_list;
	sd->defer_list = NULL;
	sd->defer_count = 0;
	spin_unlock_irqrestore(&sd->defer_lock, flags);
	for (; skb; skb = next) {
		next = skb->next;
		napi_consume_skb(skb, 1);
	}
}

#endif
#endif /* KBP_COMPAT_DEFER_H */
