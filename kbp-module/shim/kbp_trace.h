/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints kbp:*; what their fields mean stands in docs/abi.md. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kbp

#if !defined(KBP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KBP_TRACE_H

#include <linux/tracepoint.h>

/* Rows of macros, which are no calls. */
/* clang-format off */

TRACE_EVENT(cycle,
	TP_PROTO(u32 core, u32 polls, u32 held_polls, u32 packets, u32 absorbed, u64 busy_ns,
		 u64 gap_ns),
	TP_ARGS(core, polls, held_polls, packets, absorbed, busy_ns, gap_ns),
	TP_STRUCT__entry(
		__field(u32, core)
		__field(u32, polls)
		__field(u32, held_polls)
		__field(u32, packets)
		__field(u32, absorbed)
		__field(u64, busy_ns)
		__field(u64, gap_ns)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->polls = polls;
		__entry->held_polls = held_polls;
		__entry->packets = packets;
		__entry->absorbed = absorbed;
		__entry->busy_ns = busy_ns;
		__entry->gap_ns = gap_ns;
	),
	TP_printk("core=%u polls=%u held_polls=%u packets=%u absorbed=%u busy_ns=%llu gap_ns=%llu",
		  __entry->core, __entry->polls, __entry->held_polls, __entry->packets,
		  __entry->absorbed, __entry->busy_ns, __entry->gap_ns)
);

#define KBP_TRACE_REASONS						\
	{ 1, "patch" }, { 2, "hooks" }, { 3, "offline" }, { 4, "suspend" }, { 5, "rescue" }

TRACE_EVENT(yield,
	TP_PROTO(u32 core, u32 reason),
	TP_ARGS(core, reason),
	TP_STRUCT__entry(
		__field(u32, core)
		__field(u32, reason)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->reason = reason;
	),
	TP_printk("core=%u reason=%s", __entry->core,
		  __print_symbolic(__entry->reason, KBP_TRACE_REASONS))
);

TRACE_EVENT(window,
	TP_PROTO(u32 core, u64 away_ns, bool adaptive, bool by_work),
	TP_ARGS(core, away_ns, adaptive, by_work),
	TP_STRUCT__entry(
		__field(u32, core)
		__field(u64, away_ns)
		__field(bool, adaptive)
		__field(bool, by_work)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->away_ns = away_ns;
		__entry->adaptive = adaptive;
		__entry->by_work = by_work;
	),
	TP_printk("core=%u away_ns=%llu kind=%s ended_by=%s", __entry->core, __entry->away_ns,
		  __entry->adaptive ? "sleep" : "window", __entry->by_work ? "work" : "time")
);

TRACE_EVENT(rescue,
	TP_PROTO(u32 core, s32 pid, const char *comm),
	TP_ARGS(core, pid, comm),
	TP_STRUCT__entry(
		__field(u32, core)
		__field(s32, pid)
		__array(char, comm, TASK_COMM_LEN)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->pid = pid;
		memcpy(__entry->comm, comm, TASK_COMM_LEN);
	),
	TP_printk("core=%u held_by=%s/%d", __entry->core, __entry->comm, __entry->pid)
);

TRACE_EVENT(mode,
	TP_PROTO(u32 core, bool masked, u64 spin_ns),
	TP_ARGS(core, masked, spin_ns),
	TP_STRUCT__entry(
		__field(u32, core)
		__field(bool, masked)
		__field(u64, spin_ns)
	),
	TP_fast_assign(
		__entry->core = core;
		__entry->masked = masked;
		__entry->spin_ns = spin_ns;
	),
	TP_printk("core=%u irq=%s idle=%s spin_ns=%llu", __entry->core,
		  __entry->masked ? "masked" : "armed", __entry->spin_ns ? "adaptive" : "spin",
		  __entry->spin_ns)
);

#endif /* KBP_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE kbp_trace
#include <trace/define_trace.h>
