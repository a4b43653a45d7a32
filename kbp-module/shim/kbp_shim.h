/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole contract between the Rust module and its C shim.
 *
 * C does what Rust cannot reach: inlines, macros, per-CPU data, NAPI lists, and the kernel's
 * unexported functions.  It decides nothing.  'make bindings' makes the Rust side of each line:
 * src/sys/bindings.rs (calls into C) and src/ffi/prototypes.rs (calls from C).
 */
#ifndef KBP_SHIM_H
#define KBP_SHIM_H

#include <linux/types.h>

/** One poller's scratch space, on the stack of its thread.  Opaque to Rust. */
struct kbp_poller;

/** What polling one NAPI brought. */
struct kbp_polled {
	u32 packets;
	u32 napi_id;
	s32 ifindex;
	bool backlog;
	bool exhausted;
	bool was_held;
	bool is_held;
	bool arms;
};

/** What a spin between two cycles saw. */
struct kbp_spun {
	u64 empty_ns; /* when the list was seen empty last, or somewhat earlier, 0: never */
	u64 end_ns; /* the last reading of the clock */
	u64 longest_ns; /* between two readings */
	u64 looks_ns; /* of the looks before the last reading */
	u32 looks; /* that saw it empty, but for one where work ended the spin */
};

/** How much one cycle may do, as the kernel's sysctls have it at this moment. */
struct kbp_budget {
	s32 packets;
	u32 time_us;
};

/* ---- poll.c: kbp/N thread only ---- */
void kbp_poller_budget(struct kbp_budget *budget);
void kbp_poller_hold(struct kbp_poller *p);
void kbp_poller_release(struct kbp_poller *p);
int kbp_poller_take_list(struct kbp_poller *p, u64 *called_ns, bool *preempted);
bool kbp_poller_poll_next(struct kbp_poller *p, bool hold, struct kbp_polled *polled);
void kbp_poller_count_squeeze(void);
u32 kbp_poller_left_over(const struct kbp_poller *p);
u32 kbp_poller_give_back(struct kbp_poller *p);

/* ---- gate.c: take and give on the kbp/N thread only ---- */
void kbp_gate_take(void);
void kbp_gate_give(void);
/** Process context, interrupts on, the core stays online. */
void kbp_gate_shut(u32 core);
/** Process context or kbp/N thread, bottom halves on. */
bool kbp_hooks_in_effect(void);
/** Any context: a snapshot. */
u64 kbp_gate_raises(u32 core);

/* ---- rescue.c ---- */
int kbp_watch_start(void);
void kbp_watch_stop(void);
void kbp_watch_nudge(void);
/** The watch only. */
void kbp_gate_suspect(u32 core, u64 ns);
/* Any context, from here on: snapshots. */
u64 kbp_gate_beat(u32 core);
bool kbp_gate_is_owned(u32 core);
bool kbp_gate_rescued(u32 core);
bool kbp_gate_work_waits(u32 core);
u64 kbp_gate_last_rescue(u32 core, char *comm, s32 *pid);
/** kbp/N thread, of its core. */
u64 kbp_gate_rescued_ns(void);

/** Any context: a snapshot. */
bool kbp_backlog_has_thread(u32 core);
/** stray.c: process context, control lock. */
bool kbp_backlog_recover(u32 core);

/* ---- thread.c: process context, control lock ---- */
int kbp_thread_make(u32 core, bool fifo, s32 nice);
void kbp_thread_schedule_as(u32 core, bool fifo, s32 nice);
void kbp_thread_nudge(u32 core);
void kbp_thread_ask_stop(u32 core);
void kbp_thread_take_stop_back(u32 core);
bool kbp_thread_join(u32 core, u32 ms);
s32 kbp_thread_pid(u32 core);

/* ---- sentry.c: kbp/N thread only, bottom halves on ---- */
bool kbp_sentry_begin(void);

/* ---- sleep.c: kbp/N thread only, bottom halves on ---- */
bool kbp_thread_should_stop(void);
bool kbp_thread_sleep_until_work(u64 limit_ns);
bool kbp_thread_stand_sentry(u64 limit_ns);
void kbp_thread_sleep_firmly(u64 ns);
void kbp_thread_pass_scheduler(void);
bool kbp_thread_must_reschedule(void);
bool kbp_thread_others_waiting(void);
bool kbp_thread_is_rationed(void);
void kbp_thread_be_ordinary(void);
void kbp_thread_be_as_wanted(void);
/** Any context. */
u64 kbp_now_ns(void);

/* ---- spin.c: kbp/N thread only, bottom halves on ---- */
void kbp_thread_spin_until_work(u64 now_ns, u64 limit_ns, bool beside_tasks, struct kbp_spun *spun);

/* ---- kernel.c: kbp/N thread only, bottom halves on ---- */
bool kbp_patch_pending(void);
void kbp_patch_join(void);
void kbp_quiescent_state(void);

/* ---- trace.c ---- */
void kbp_trace_cycle(u32 core, u32 polls, u32 held_polls, u32 packets, u32 absorbed, u64 busy_ns,
		     u64 gap_ns);
void kbp_trace_yield(u32 core, u32 reason);
void kbp_trace_window(u32 core, u64 away_ns, bool adaptive, bool by_work);
void kbp_trace_rescue(u32 core, s32 pid, const char *comm);
void kbp_trace_mode(u32 core, bool masked, u64 spin_ns);

/* ---- control.c: process context, may sleep ---- */
void kbp_control_lock(void);
void kbp_control_unlock(void);
bool kbp_capable(void);
bool kbp_core_possible(u32 core);
bool kbp_core_online(u32 core);
u32 kbp_core_limit(void);
void kbp_pause(void);
void *kbp_table_alloc(size_t count, size_t size);
void kbp_table_free(void *table);
int kbp_copy_from_user(void *to, unsigned long from, size_t len);
int kbp_copy_to_user(unsigned long to, const void *from, size_t len);
int kbp_device_register(void);
void kbp_device_unregister(void);

/* ---- hotplug.c, power.c: process context, may sleep ---- */
int kbp_hotplug_register(void);
void kbp_hotplug_unregister(void);
int kbp_power_register(void);
void kbp_power_unregister(void);
int kbp_latency_limit(u32 core, s32 us);

/* ---- called by C, written in Rust (src/ffi) ---- */
/** kbp/N thread: serve core until asked to stop. */
void kbp_rs_poll(u32 core, struct kbp_poller *p);
/** Process context: one ioctl of /dev/kbp. */
long kbp_rs_ioctl(unsigned int cmd, unsigned long arg);
/**
 * Process context, control mutex and CPU hotplug lock (for writing) held: the core is about to
 * go offline.  0 or an errno that keeps it online.
 */
int kbp_rs_core_leaves(u32 core);
/** The same context: the core is online again. */
void kbp_rs_core_returns(u32 core);
/** Process context: the hooks took effect for all tasks, or are about to be taken out. */
void kbp_rs_hooks_changed(bool live);
/** Process context: the system is about to sleep, or has slept. */
void kbp_rs_suspend(bool sleeps);
/** The watch: looks at all cores; ns until it wants to look again, 0: when nudged. */
u64 kbp_rs_watch(void);

#endif /* KBP_SHIM_H */
