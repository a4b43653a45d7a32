/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sysctls net.core.netdev_budget and netdev_budget_usecs: in net_hotdata, which is exported, or
 * variables of their own, which are not and are reached by livepatch relocations.
 */
#ifndef KBP_COMPAT_BUDGET_H
#define KBP_COMPAT_BUDGET_H

#include <linux/compiler.h>

#ifdef KBP_HAVE_HOTDATA_BUDGET

#include <net/hotdata.h>

static inline int kbp_netdev_budget(void)
{
	return READ_ONCE(net_hotdata.netdev_budget);
}

static inline unsigned int kbp_netdev_budget_usecs(void)
{
	return READ_ONCE(net_hotdata.netdev_budget_usecs);
}

#else

extern int netdev_budget;
extern unsigned int netdev_budget_usecs;

static inline int kbp_netdev_budget(void)
{
	return READ_ONCE(netdev_budget);
}

static inline unsigned int kbp_netdev_budget_usecs(void)
{
	return READ_ONCE(netdev_budget_usecs);
}

#endif
#endif /* KBP_COMPAT_BUDGET_H */
