// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
int probe(struct softnet_data *sd);
int probe(struct softnet_data *sd)
{
	return sd->kbp_no_such_field;
}
