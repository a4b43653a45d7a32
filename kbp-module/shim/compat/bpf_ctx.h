/* SPDX-License-Identifier: GPL-2.0 */
/*
 * XDP redirect state: a context on the stack of whoever polls (6.10 and later), which a
 * driver's poll dereferences without looking; before that, per-CPU data that needs nothing.
 */
#ifndef KBP_COMPAT_BPF_CTX_H
#define KBP_COMPAT_BPF_CTX_H

#include <linux/filter.h>

#ifdef KBP_HAVE_BPF_NET_CTX

struct kbp_bpf_ctx {
	struct bpf_net_context storage;
	struct bpf_net_context *set;
};

static inline void kbp_bpf_ctx_set(struct kbp_bpf_ctx *ctx)
{
	ctx->set = bpf_net_ctx_set(&ctx->storage);
}

static inline void kbp_bpf_ctx_clear(struct kbp_bpf_ctx *ctx)
{
	bpf_net_ctx_clear(ctx->set);
}

#else

struct kbp_bpf_ctx {
};

static inline void kbp_bpf_ctx_set(struct kbp_bpf_ctx *ctx)
{
}
static inline void kbp_bpf_ctx_clear(struct kbp_bpf_ctx *ctx)
{
}

#endif
#endif /* KBP_COMPAT_BPF_CTX_H */
