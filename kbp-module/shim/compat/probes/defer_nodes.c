// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <net/hotdata.h>
struct llist_head *probe(void);
struct llist_head *probe(void)
{
	return &this_cpu_ptr(net_hotdata.skb_defer_nodes)->defer_list;
}
