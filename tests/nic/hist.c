// SPDX-License-Identifier: GPL-2.0
/* Log-linear histogram: recording, merging, printing. */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>

#include "hist.h"

static unsigned int bucket_of(u64 ns)
{
	unsigned int shift;

	if (ns < KBP_TN_SUB)
		return ns;
	if (ns >> KBP_TN_TOP_BITS)
		return KBP_TN_BUCKETS - 1;
	shift = fls64(ns) - 1 - KBP_TN_SUB_BITS;
	/* ns >> shift is in SUB..2*SUB-1, so every shift starts SUB further. */
	return shift * KBP_TN_SUB + (ns >> shift);
}

static unsigned int bucket_shift(unsigned int bucket)
{
	return bucket < 2 * KBP_TN_SUB ? 0 : bucket / KBP_TN_SUB - 1;
}

static u64 bucket_low(unsigned int bucket)
{
	unsigned int shift = bucket_shift(bucket);

	return (u64)(bucket - shift * KBP_TN_SUB) << shift;
}

/**
 * kbp_tn_hist_add() - record one value
 * @hist: the histogram, which must have one writer only
 * @ns: the value
 *
 * Context: any, hard interrupts included.
 */
void kbp_tn_hist_add(struct kbp_tn_hist *hist, u64 ns)
{
	u64 *bucket = &hist->bucket[bucket_of(ns)];

	WRITE_ONCE(*bucket, *bucket + 1);
	WRITE_ONCE(hist->total, hist->total + 1);
	if (ns > hist->max_ns)
		WRITE_ONCE(hist->max_ns, ns);
}

/**
 * kbp_tn_hist_merge() - add the samples of one histogram to another
 * @into: a private histogram
 * @from: may be written to at the same time
 */
void kbp_tn_hist_merge(struct kbp_tn_hist *into, const struct kbp_tn_hist *from)
{
	unsigned int i;

	for (i = 0; i < KBP_TN_BUCKETS; i++)
		into->bucket[i] += READ_ONCE(from->bucket[i]);
	into->total += READ_ONCE(from->total);
	into->max_ns = max(into->max_ns, READ_ONCE(from->max_ns));
}

/**
 * kbp_tn_hist_show() - print the buckets in use, then the maximum and the total
 * @m: where to
 * @hist: a private histogram
 */
void kbp_tn_hist_show(struct seq_file *m, const struct kbp_tn_hist *hist)
{
	unsigned int i;

	for (i = 0; i < KBP_TN_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		seq_printf(m, "%llu %llu %llu\n", bucket_low(i),
			   bucket_low(i) + (1ULL << bucket_shift(i)), hist->bucket[i]);
	}
	seq_printf(m, "max_ns %llu\ntotal %llu\n", hist->max_ns, hist->total);
}
