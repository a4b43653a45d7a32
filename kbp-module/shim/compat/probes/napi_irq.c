// SPDX-License-Identifier: GPL-2.0
/* A NAPI knows its interrupt, and modules may ask where that goes. */
#include <linux/irq.h>
#include <linux/netdevice.h>

const struct cpumask *kbp_probe(const struct napi_struct *napi);
const struct cpumask *kbp_probe(const struct napi_struct *napi)
{
	return irq_get_effective_affinity_mask(napi->irq);
}
