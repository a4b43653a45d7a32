/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between /dev/kbp and user space.  This header is the truth; the crate
 * beside it (uapi/src) has the same layouts and a test compares the two.
 *
 * Every caller needs CAP_NET_ADMIN in the initial user namespace.  KBP_IOC_INFO keeps its
 * layout for ever, so a tool of any age can ask for the version before it asks for more.
 */
#ifndef _UAPI_KBP_H
#define _UAPI_KBP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Raised when a layout or the meaning of a field changes. */
#define KBP_ABI_VERSION		1
/* Cores 0 .. KBP_MAX_CORES - 1 can be named. */
#define KBP_MAX_CORES		1024
#define KBP_CORE_WORDS		(KBP_MAX_CORES / 64)

/* Core N is bit N % 64 of words[N / 64]. */
struct kbp_core_set {
	__u64 words[KBP_CORE_WORDS];
};

/* kbp_info.flags: the hooks of kbp_livepatch.ko are in effect for every task. */
#define KBP_INFO_HOOKS_LIVE	(1U << 0)

struct kbp_info {
	__u32 abi_version;	/* out: KBP_ABI_VERSION of the loaded module */
	__u32 flags;		/* out: KBP_INFO_* */
	__u32 core_limit;	/* out: one more than the highest core this system can have */
	__u32 active_cores;	/* out: cores that are not KBP_CORE_OFF */
	__u64 reserved[6];	/* out: 0 */
};

/* Which check or act of a change failed; with it goes the errno of the ioctl. */
enum kbp_step {
	KBP_STEP_NONE		= 0,	/* nothing failed */
	KBP_STEP_ABI		= 1,	/* EPROTO: abi_version is not the module's */
	KBP_STEP_ARGUMENTS	= 2,	/* EINVAL: unknown flag, or reserved not 0 */
	KBP_STEP_EMPTY		= 3,	/* EINVAL: no core named */
	KBP_STEP_HOOKS		= 4,	/* EOPNOTSUPP: the livepatch is not live */
	KBP_STEP_PRESENT	= 5,	/* ENODEV: failed_core does not exist here */
	KBP_STEP_ONLINE		= 6,	/* ENODEV: failed_core is offline */
	KBP_STEP_BOOT_CORE	= 7,	/* EBUSY: core 0 without KBP_CHANGE_FORCE */
	KBP_STEP_HOUSEKEEPING	= 8,	/* EBUSY: no online core left without KBP (FORCE overrides) */
	KBP_STEP_THREAD		= 9,	/* errno of kthread creation for failed_core */
	KBP_STEP_START		= 10,	/* ETIMEDOUT: the thread of failed_core did not start */
};

/* kbp_change.flags: allow core 0 and the last core without KBP. */
#define KBP_CHANGE_FORCE	(1U << 0)

/* Enable or disable a set of cores: all of them, or (enable) none of them. */
struct kbp_change {
	__u32 abi_version;	/* in: KBP_ABI_VERSION */
	__u32 flags;		/* in: KBP_CHANGE_* (disable: 0) */
	struct kbp_core_set cores;	/* in */
	__u32 failed_step;	/* out: enum kbp_step */
	__u32 failed_core;	/* out: meaningful for the steps that name it */
	__u32 changed;		/* out: cores that were not in the asked state before */
	__u32 pad;		/* in: 0 */
	__u64 reserved[6];	/* in: 0 */
};

enum kbp_core_state {
	KBP_CORE_OFF		= 0,	/* softirq serves the core, as without KBP */
	KBP_CORE_STARTING	= 1,
	KBP_CORE_POLLING	= 2,
	KBP_CORE_SLEEPING	= 3,	/* housekeeping window; a packet wakes the thread */
	KBP_CORE_DRAINING	= 4,
	KBP_CORE_YIELDED	= 5,	/* given back to softirq for a while; see yield_reason */
};

enum kbp_yield_reason {
	KBP_YIELD_NONE		= 0,
	KBP_YIELD_PATCH		= 1,	/* a livepatch transition is pending for the thread */
};

/* All counters start at 0 when kbp.ko is loaded and never go back. */
struct kbp_counters {
	__u64 cycles;		/* rounds of the poll loop */
	__u64 empty_cycles;	/* rounds that found no NAPI on the list */
	__u64 polls;		/* NAPI polls */
	__u64 packets;		/* sum of what the polls returned */
	__u64 busy_ns;		/* time in rounds that polled a NAPI */
	__u64 longest_guard_ns;	/* longest time with bottom halves held off */
	__u64 longest_gap_ns;	/* longest time between two rounds, windows included */
	__u64 windows;		/* housekeeping windows taken */
	__u64 window_wakeups;	/* windows cut short by a packet */
	__u64 absorbed;		/* pending NET_RX softirqs the poller took over */
	__u64 yields_patch;	/* times the core was given back for a livepatch transition */
	__u64 schedules;	/* times a hook queued work for the poller */
	__u64 quiescent_states;	/* RCU quiescent states reported from the loop */
	__u64 squeezed;		/* rounds cut by the packet or time budget */
	__u64 reserved[6];
};

struct kbp_core_status {
	__u32 abi_version;	/* in: KBP_ABI_VERSION */
	__u32 core;		/* in */
	__u32 state;		/* out: enum kbp_core_state */
	__u32 yield_reason;	/* out: enum kbp_yield_reason while YIELDED */
	__s32 thread_pid;	/* out: pid of kbp/N, 0 when OFF */
	__u32 pad;		/* in: 0 */
	struct kbp_counters counters;	/* out */
};

#define KBP_IOC_MAGIC		0xBB
#define KBP_IOC_INFO		_IOR(KBP_IOC_MAGIC, 0, struct kbp_info)
#define KBP_IOC_ENABLE		_IOWR(KBP_IOC_MAGIC, 1, struct kbp_change)
#define KBP_IOC_DISABLE		_IOWR(KBP_IOC_MAGIC, 2, struct kbp_change)
#define KBP_IOC_CORE_STATUS	_IOWR(KBP_IOC_MAGIC, 3, struct kbp_core_status)

#endif /* _UAPI_KBP_H */
