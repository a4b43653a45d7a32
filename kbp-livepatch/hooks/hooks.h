/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks, for the patch table. */
#ifndef KBP_LIVEPATCH_HOOKS_H
#define KBP_LIVEPATCH_HOOKS_H

void kbp_hook_raise_softirq(unsigned int nr);

#endif /* KBP_LIVEPATCH_HOOKS_H */
