// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <net/hotdata.h>
int probe(void);
int probe(void)
{
	return net_hotdata.netdev_budget + net_hotdata.netdev_budget_usecs;
}
