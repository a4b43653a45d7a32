// SPDX-License-Identifier: GPL-2.0
/* The tracepoints, callable from Rust: one jump that is not taken while nobody listens. */
#include <linux/types.h>

#include "compat/trace_events.h"
#include "kbp_trace.h"
#include "kbp_shim.h"

/** kbp_trace_cycle() - kbp:cycle. Context: kbp/N thread. */
void kbp_trace_cycle(u32 core, u32 polls, u32 held_polls, u32 packets, u32 absorbed, u64 busy_ns,
		     u64 gap_ns)
{
	trace_cycle(core, polls, held_polls, packets, absorbed, busy_ns, gap_ns);
}

/** kbp_trace_yield() - kbp:yield. Context: process context. */
void kbp_trace_yield(u32 core, u32 reason)
{
	trace_yield(core, reason);
}

/** kbp_trace_window() - kbp:window. Context: kbp/N thread. */
void kbp_trace_window(u32 core, u64 away_ns, bool adaptive, bool by_work)
{
	trace_window(core, away_ns, adaptive, by_work);
}

/** kbp_trace_rescue() - kbp:rescue; @comm is 16 bytes. Context: the watch. */
void kbp_trace_rescue(u32 core, s32 pid, const char *comm)
{
	trace_rescue(core, pid, comm);
}

/** kbp_trace_mode() - kbp:mode; @spin_ns 0: does not sleep. Context: kbp/N thread. */
void kbp_trace_mode(u32 core, bool masked, u64 spin_ns)
{
	trace_mode(core, masked, spin_ns);
}
