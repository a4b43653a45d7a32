// SPDX-License-Identifier: GPL-2.0
/* What GRO has gathered is in a gro_node of the NAPI. */
#include <net/gro.h>

void kbp_probe(struct napi_struct *napi)
{
	__gro_flush(&napi->gro, true);
}
