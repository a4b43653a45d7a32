// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's livepatch: it changes what /proc/cmdline shows and knows
 * nothing of KBP. Tests load it to see whether both get along.
 */
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/seq_file.h>

static bool replace;
module_param(replace, bool, 0444);
MODULE_PARM_DESC(replace, "take the place of all other livepatches (default: no)");

/* Context: process, reading /proc/cmdline. */
static int kbp_foreign_cmdline_proc_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "kbp_foreign is active\n");
	return 0;
}

/* Tables with an empty last row. */
/* clang-format off */
static struct klp_func funcs[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = kbp_foreign_cmdline_proc_show,
	},
	{ }
};

static struct klp_object objects[] = {
	{
		.funcs = funcs,	/* no .name: the kernel itself */
	},
	{ }
};
/* clang-format on */

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init kbp_foreign_init(void)
{
	patch.replace = replace;
	return klp_enable_patch(&patch);
}

/* Nothing to undo: the patch is off for good before the module can go. */
static void __exit kbp_foreign_exit(void)
{
}

module_init(kbp_foreign_init);
module_exit(kbp_foreign_exit);
MODULE_DESCRIPTION("A livepatch independent of KBP (tests only)");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
