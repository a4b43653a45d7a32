// SPDX-License-Identifier: GPL-2.0
/*
 * kbp_livepatch.ko: which kernel functions are stood in for, and by what.
 *
 * It holds no state: a livepatch may be switched off or replaced by somebody else's at any
 * time.  It never asks to replace others (.replace), so a vendor's fixes stay in place.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>

#include "hooks.h"
#include "kbp_hooks.h"

static struct klp_func kbp_funcs[] = {
	{ .old_name = "__raise_softirq_irqoff", .new_func = kbp_hook_raise_softirq },
	/* From here on only where raise_softirq_irqoff() does not call it. */
	{ .old_name = "__napi_schedule", .new_func = kbp_hook_napi_schedule },
	{ .old_name = "__napi_schedule_irqoff", .new_func = kbp_hook_napi_schedule_irqoff },
	{ .old_name = "napi_watchdog", .new_func = kbp_hook_napi_watchdog },
	{}
};

/* Context: process context, klp_mutex held; every task uses the hooks now. */
static void kbp_hooks_in(struct klp_object *obj)
{
	kbp_hooks_changed(true);
}

/* Context: process context, klp_mutex held; every task still uses the hooks. */
static void kbp_hooks_out(struct klp_object *obj)
{
	kbp_hooks_changed(false);
}

static struct klp_object kbp_objects[] = {
	{
		/* No name: the kernel itself. */
		.funcs = kbp_funcs,
		.callbacks = {
			.post_patch = kbp_hooks_in,
			.pre_unpatch = kbp_hooks_out,
		},
	},
	{ }
};

static struct klp_patch kbp_patch = {
	.mod = THIS_MODULE,
	.objs = kbp_objects,
};

static int __init kbp_livepatch_init(void)
{
	int inlined = kbp_raise_is_inlined();

	if (inlined < 0)
		return inlined;
	if (!inlined)
		kbp_funcs[1] = (struct klp_func){};
	return klp_enable_patch(&kbp_patch);
}

static void __exit kbp_livepatch_exit(void)
{
	/* Somebody's livepatch that replaced this one has not run our callbacks. */
	kbp_hooks_changed(false);
}

module_init(kbp_livepatch_init);
module_exit(kbp_livepatch_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KBP: leave scheduled NAPIs of chosen cores to their pollers");
MODULE_INFO(livepatch, "Y");
