// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
bool probe(const struct softnet_data *sd);
bool probe(const struct softnet_data *sd)
{
	return sd->in_net_rx_action;
}
