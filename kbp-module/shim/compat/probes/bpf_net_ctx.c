// SPDX-License-Identifier: GPL-2.0
#include <linux/filter.h>
struct bpf_net_context *probe(struct bpf_net_context *ctx);
struct bpf_net_context *probe(struct bpf_net_context *ctx)
{
	return bpf_net_ctx_set(ctx);
}
