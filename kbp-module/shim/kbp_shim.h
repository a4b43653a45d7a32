/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole contract between the Rust module and its C shim.
 *
 * C does what Rust cannot reach: inlines, macros, per-CPU data, NAPI lists, and the kernel's
 * unexported functions.  It decides nothing.  The Rust side of each line is in src/sys
 * (calls into C) or src/ffi (calls from C).
 */
#ifndef KBP_SHIM_H
#define KBP_SHIM_H

#include <linux/compiler.h>
#include <linux/types.h>

struct task_struct;

/* One poller's scratch space, on the stack of its thread.  Opaque to Rust. */
struct kbp_poller;

/* ---- poll.c: kbp/N thread only ---- */
void kbp_poller_hold(struct kbp_poller *p);
void kbp_poller_release(struct kbp_poller *p);
u32 kbp_poller_take_list(struct kbp_poller *p);
/* Packets, or -1 when the taken list is empty. */
int kbp_poller_poll_next(struct kbp_poller *p);
bool kbp_poller_has_more(struct kbp_poller *p);
u32 kbp_poller_give_back(struct kbp_poller *p);

/* ---- gate.c: take and give on the kbp/N thread only ---- */
void kbp_gate_take(void);
void kbp_gate_give(void);
/* Process context, interrupts on, the core stays online. */
void kbp_gate_shut(u32 core);
/* Any context: a snapshot. */
u64 kbp_gate_schedules(u32 core);

/* ---- thread.c ---- */
/* Process context.  A bound, not yet running thread that will call kbp_rs_poll(core). */
struct task_struct *kbp_thread_create(u32 core);
void kbp_thread_start(struct task_struct *thread);
/* Process context, may sleep: returns when the thread has ended. */
void kbp_thread_stop(struct task_struct *thread);
s32 kbp_thread_pid(struct task_struct *thread);
/* kbp/N thread only, bottom halves on. */
bool kbp_thread_should_stop(void);
bool kbp_thread_sleep_until_work(void);
void kbp_thread_sleep_firmly(u64 ns);
void kbp_thread_pass_scheduler(void);
bool kbp_thread_others_waiting(void);
void kbp_thread_relax(void);
/* Any context. */
u64 kbp_now_ns(void);

/* ---- kernel.c: kbp/N thread only, bottom halves on ---- */
bool kbp_patch_pending(void);
void kbp_patch_join(void);
void kbp_quiescent_state(void);

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
int kbp_hotplug_register(void);
void kbp_hotplug_unregister(void);
int kbp_device_register(void);
void kbp_device_unregister(void);

/* ---- called by C, written in Rust (src/ffi) ---- */
/* kbp/N thread: serve core until asked to stop. */
void kbp_rs_poll(u32 core, struct kbp_poller *p);
/* Process context: one ioctl of /dev/kbp. */
long kbp_rs_ioctl(unsigned int cmd, unsigned long arg);
/* Process context, CPU hotplug lock held for writing: the core is about to go offline. */
void kbp_rs_core_leaves(u32 core);
/* Process context: the hooks took effect for all tasks, or are about to be taken out. */
void kbp_rs_hooks_changed(bool live);

#endif /* KBP_SHIM_H */
