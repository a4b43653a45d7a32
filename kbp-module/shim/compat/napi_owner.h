/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A NAPI may remember on which core's poll list it is: page pools recycle pages directly when it
 * is the present one.
 */
#ifndef KBP_COMPAT_NAPI_OWNER_H
#define KBP_COMPAT_NAPI_OWNER_H

#include <linux/compiler.h>
#include <linux/netdevice.h>
#include <linux/smp.h>

/* Context: interrupts off; the NAPI has just been put on this core's list. */
static __always_inline void kbp_set_list_owner(struct napi_struct *napi)
{
#ifdef KBP_HAVE_LIST_OWNER
	WRITE_ONCE(napi->list_owner, smp_processor_id());
#endif
}

#endif /* KBP_COMPAT_NAPI_OWNER_H */
