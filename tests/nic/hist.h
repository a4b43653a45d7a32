/* SPDX-License-Identifier: GPL-2.0 */
/* Log-linear histogram of nanoseconds: 32 linear buckets in every power of two. */
#ifndef KBP_TN_HIST_H
#define KBP_TN_HIST_H

#include <linux/types.h>

#define KBP_TN_SUB_BITS 5
#define KBP_TN_SUB (1U << KBP_TN_SUB_BITS)
/* Values of 2^36 ns (68.7 s) and above share the last bucket; max_ns is exact. */
#define KBP_TN_TOP_BITS 36
#define KBP_TN_BUCKETS ((KBP_TN_TOP_BITS - KBP_TN_SUB_BITS + 1) * KBP_TN_SUB)

struct seq_file;

/* One writer, no lock: readers may see a sample that is not yet in @max_ns. */
struct kbp_tn_hist {
	u64 bucket[KBP_TN_BUCKETS];
	u64 total;
	u64 max_ns;
};

void kbp_tn_hist_add(struct kbp_tn_hist *hist, u64 ns);
void kbp_tn_hist_merge(struct kbp_tn_hist *into, const struct kbp_tn_hist *from);
void kbp_tn_hist_show(struct seq_file *m, const struct kbp_tn_hist *hist);

#endif
