// SPDX-License-Identifier: GPL-2.0
/* What the Rust part of kbp.ko needs of C where the kernel was built without Rust. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

int kbp_rs_module_init(void);
void kbp_rs_module_exit(void);
void kbp_compat_print(int level, const char *text, int len);

/**
 * kbp_compat_print() - a line of the Rust part
 * @level: 0, 4 or 6, as the log counts
 * @text: with its end of line; no NUL
 * @len: bytes of it
 *
 * Context: any that may print.
 */
void kbp_compat_print(int level, const char *text, int len)
{
	switch (level) {
	case 0:
		pr_emerg("%.*s", len, text);
		break;
	case 4:
		pr_warn("%.*s", len, text);
		break;
	default:
		pr_info("%.*s", len, text);
	}
}

static int __init kbp_module_init(void)
{
	return kbp_rs_module_init();
}

static void __exit kbp_module_exit(void)
{
	kbp_rs_module_exit();
}

module_init(kbp_module_init);
module_exit(kbp_module_exit);
