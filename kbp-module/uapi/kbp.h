/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The contract between /dev/kbp and user space.  This header is the only place where a layout
 * is written: 'make bindings' makes the Rust of it that the module and the tools use
 * (uapi/src/abi/bindings.rs), with the comments that begin with two stars.
 *
 * Every caller needs CAP_NET_ADMIN in the initial user namespace.  KBP_IOC_INFO keeps its
 * layout for ever, so a tool of any age can ask for the version before it asks for more.
 */
#ifndef _UAPI_KBP_H
#define _UAPI_KBP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Tables of numbers and of fields with their meaning. */
/* clang-format off */

/* Raised when a layout or the meaning of a field changes. */
#define KBP_ABI_VERSION		4
/* Cores 0 .. KBP_MAX_CORES - 1 can be named: as many as a kernel for x86-64 can be built for. */
#define KBP_MAX_CORES		8192
#define KBP_CORE_WORDS		(KBP_MAX_CORES / 64)

/** Core N is bit N % 64 of words[N / 64]. */
struct kbp_core_set {
	__u64 words[KBP_CORE_WORDS];	/**< the bits */
};

/* kbp_info.flags: the hooks of kbp_livepatch.ko are in effect (tried out when asked). */
#define KBP_INFO_HOOKS_LIVE	(1U << 0)
/* kbp_info.flags: the system is going to sleep; all cores are yielded until it is back. */
#define KBP_INFO_SUSPENDED	(1U << 1)

/** Answer of KBP_IOC_INFO, the whole module at a glance. */
struct kbp_info {
	__u32 abi_version;	/**< out: KBP_ABI_VERSION of the loaded module */
	__u32 flags;		/**< out: KBP_INFO_* */
	__u32 core_limit;	/**< out: one more than the highest core this system can have */
	__u32 active_cores;	/**< out: cores that are not KBP_CORE_OFF */
	__u64 reserved[6];	/**< out: 0 */
};

/** Which check or act of a change failed; with it goes the errno of the ioctl. */
enum kbp_step {
	KBP_STEP_NONE		= 0,	/**< nothing failed */
	KBP_STEP_ABI		= 1,	/**< EPROTO: abi_version is not the module's */
	KBP_STEP_ARGUMENTS	= 2,	/**< EINVAL: unknown flag, or reserved not 0 */
	KBP_STEP_EMPTY		= 3,	/**< EINVAL: no core named */
	KBP_STEP_HOOKS		= 4,	/**< EOPNOTSUPP: the livepatch is not live */
	KBP_STEP_PRESENT	= 5,	/**< ENODEV: failed_core does not exist here */
	KBP_STEP_ONLINE		= 6,	/**< ENODEV: failed_core is offline */
	KBP_STEP_BOOT_CORE	= 7,	/**< EBUSY: core 0 without KBP_CHANGE_FORCE */
	KBP_STEP_HOUSEKEEPING	= 8,	/**< EBUSY: no online core left without KBP (FORCE overrides) */
	KBP_STEP_THREAD		= 9,	/**< errno of kthread creation for failed_core */
	KBP_STEP_START		= 10,	/**< ETIMEDOUT: the thread of failed_core did not start */
	KBP_STEP_CONFIG		= 11,	/**< EINVAL: failed_field of the configuration is out of range */
	KBP_STEP_STOP		= 12,	/**< ETIMEDOUT: failed_core still has its thread; softirq serves, ask again */
	KBP_STEP_LATENCY	= 13,	/**< errno of the PM QoS request for failed_core */
};

/** What happens to the interrupt of a NAPI that the poller serves. */
enum kbp_irq_mode {
	KBP_IRQ_ARMED		= 0,	/**< armed when the NAPI has run dry: it announces the next packet */
	KBP_IRQ_MASKED		= 1,	/**< stays off: the poller keeps the NAPI and looks at its ring */
};

/** What an idle poller does. */
enum kbp_idle_policy {
	KBP_IDLE_SPIN		= 0,	/**< keeps spinning */
	KBP_IDLE_ADAPTIVE	= 1,	/**< spins for a while, then arms the interrupts and sleeps */
};

/** Who serves while the poller is away from its core: in windows between packets, and asleep. */
enum kbp_away {
	KBP_AWAY_THREAD		= 0,	/**< the poller: what is scheduled wakes it */
	KBP_AWAY_SOFTIRQ	= 1,	/**< softirq, as without KBP; the poller when that does not get through */
	KBP_AWAY_AUTO		= 2,	/**< softirq with KBP_IDLE_ADAPTIVE and KBP_IRQ_ARMED, else thread */
};

/** How the scheduler treats a poller's thread. */
enum kbp_sched_policy {
	KBP_SCHED_FIFO		= 0,	/**< SCHED_FIFO, the lowest real-time priority */
	KBP_SCHED_OTHER		= 1,	/**< SCHED_NORMAL with kbp_core_config.nice */
};

#define KBP_SPIN_US_MIN			1
#define KBP_SPIN_US_MAX			1000000
#define KBP_EXIT_LATENCY_US_MAX		1000000
#define KBP_EXIT_LATENCY_NONE		0xffffffffU
#define KBP_WINDOW_US_MIN		20
#define KBP_WINDOW_US_MAX		1000
#define KBP_SPACING_US_MIN		100
#define KBP_SPACING_US_MAX		10000
#define KBP_RESCUE_MS_MIN		20
#define KBP_RESCUE_MS_MAX		60000
#define KBP_RETRY_MS_MIN		100
#define KBP_RETRY_MS_MAX		60000
#define KBP_RETRY_NEVER			0
#define KBP_SHARE_ONE_IN_MIN		1
#define KBP_SHARE_ONE_IN_MAX		12
#define KBP_NICE_MIN			-20
#define KBP_NICE_MAX			19

/** How one core is served. Kept from its first change until kbp.ko is unloaded, also while off. */
struct kbp_core_config {
	__u32 irq_mode;		/**< enum kbp_irq_mode; default armed */
	__u32 idle_policy;	/**< enum kbp_idle_policy; default adaptive */
	__u32 sched_policy;	/**< enum kbp_sched_policy; default FIFO */
	__s32 nice;		/**< -20..19, default 0; only for KBP_SCHED_OTHER */
	__u32 spin_us;		/**< longest spin before an adaptive sleep; default 200 */
	/**
	 * adaptive: longest C-state exit allowed to the core (PM QoS);
	 * default KBP_EXIT_LATENCY_NONE: no request
	 */
	__u32 exit_latency_us;
	__u32 window_us;	/**< shortest housekeeping window; default 50 */
	__u32 spacing_us;	/**< shortest time between two looks for waiting tasks; default 500 */
	__u32 rescue_ms;	/**< a poller away for longer while packets wait loses its core; default 100 */
	__u32 away;		/**< enum kbp_away; default auto */
	/**
	 * how long after a first rescue its poller takes the core again, each time twice as long up to
	 * a minute, or KBP_RETRY_NEVER; default 1000
	 */
	__u32 retry_ms;
	/** tasks that wait, and always want the core, get one part in so many of the poller's time; default 12 */
	__u32 share_one_in;
	__u64 reserved[3];	/**< in: 0 */
};

/* kbp_change.fields: which fields of the configuration to set; the others stay. */
#define KBP_FIELD_IRQ_MODE	(1U << 0)
#define KBP_FIELD_IDLE_POLICY	(1U << 1)
#define KBP_FIELD_SCHED_POLICY	(1U << 2)
#define KBP_FIELD_NICE		(1U << 3)
#define KBP_FIELD_SPIN		(1U << 4)
#define KBP_FIELD_EXIT_LATENCY	(1U << 5)
#define KBP_FIELD_WINDOW	(1U << 6)
#define KBP_FIELD_SPACING	(1U << 7)
#define KBP_FIELD_RESCUE	(1U << 8)
#define KBP_FIELD_AWAY		(1U << 9)
#define KBP_FIELD_RETRY		(1U << 10)
#define KBP_FIELD_SHARE		(1U << 11)
#define KBP_FIELDS_ALL		((1U << 12) - 1)

/* kbp_change.flags: allow core 0 and the last core without KBP. */
#define KBP_CHANGE_FORCE	(1U << 0)

/**
 * Enable, disable or configure a set of cores: all of them, or (enable, configure) none of them.
 * Enable sets the named fields of the configuration first; disable takes none.
 */
struct kbp_change {
	__u32 abi_version;	/**< in: KBP_ABI_VERSION */
	__u32 flags;		/**< in: KBP_CHANGE_* (disable: 0) */
	struct kbp_core_set cores;	/**< in */
	__u32 failed_step;	/**< out: enum kbp_step */
	__u32 failed_core;	/**< out: meaningful for the steps that name it */
	__u32 changed;		/**< out: cores that were not in the asked state before */
	__u32 fields;		/**< in: KBP_FIELD_* of config to set */
	struct kbp_core_config config;	/**< in: only the named fields are read */
	__u32 failed_field;	/**< out: KBP_FIELD_* for KBP_STEP_CONFIG */
	__u32 pad;		/**< in: 0 */
	__u64 reserved[6];	/**< in: 0 */
};

/** Who serves a core, and what its poller does. */
enum kbp_core_state {
	KBP_CORE_OFF		= 0,	/**< softirq serves the core, as without KBP */
	KBP_CORE_STARTING	= 1,	/**< the thread was created and has not taken the core yet */
	KBP_CORE_POLLING	= 2,	/**< the thread polls */
	KBP_CORE_SLEEPING	= 3,	/**< window or adaptive sleep; kbp_core_config.away says who serves */
	KBP_CORE_DRAINING	= 4,	/**< the thread is giving the core back for good */
	KBP_CORE_YIELDED	= 5,	/**< given back to softirq; see yield_reason */
};

/** Why a core is YIELDED. */
enum kbp_yield_reason {
	KBP_YIELD_NONE		= 0,	/**< it is not */
	KBP_YIELD_PATCH		= 1,	/**< a livepatch transition is pending for the thread */
	KBP_YIELD_HOOKS		= 2,	/**< the hooks are not in effect: another livepatch replaced ours */
	KBP_YIELD_OFFLINE	= 3,	/**< the core is offline; served again when it is back */
	KBP_YIELD_SUSPEND	= 4,	/**< the system is going to sleep */
	KBP_YIELD_RESCUE	= 5,	/**< the poller did not run; see kbp_core_config.retry_ms */
};

/*
 * kbp_core_status.flags: the core's backlog has a thread of its own (boot parameter
 * thread_backlog_napi), so part of what comes through it passes the poller by.
 */
#define KBP_CORE_BACKLOG_THREAD	(1U << 0)

#define KBP_BUCKETS		32	/* of a histogram */

/**
 * Times in powers of two: counts[0] counts 0 ns, counts[i] times from 2^(i-1) to below 2^i ns,
 * the last bucket everything longer, too.
 */
struct kbp_histogram {
	__u64 counts[KBP_BUCKETS];	/**< by bucket */
};

/** All counters start at 0 when kbp.ko is loaded and never go back. */
struct kbp_counters {
	__u64 cycles;		/**< rounds of the poll loop */
	__u64 empty_cycles;	/**< rounds that found nothing to do */
	__u64 polls;		/**< NAPI polls */
	__u64 packets;		/**< sum of what the polls returned */
	__u64 busy_ns;		/**< time in rounds that found something to do */
	__u64 idle_ns;		/**< time in rounds that did not, and between rounds */
	__u64 window_ns;	/**< time in housekeeping windows */
	__u64 sleep_ns;		/**< time in adaptive sleeps */
	__u64 yielded_ns;	/**< time given back to softirq by the thread itself */
	__u64 longest_guard_ns;	/**< longest time with bottom halves held off */
	__u64 longest_gap_ns;	/**< longest time between two looks at the list, windows and sleeps included */
	__u64 windows;		/**< housekeeping windows taken */
	__u64 window_wakeups;	/**< windows cut short by a packet */
	__u64 sleeps;		/**< adaptive sleeps */
	__u64 sleep_wakeups;	/**< adaptive sleeps ended by a packet */
	__u64 releases;		/**< rounds that armed the interrupts of masked NAPIs again */
	__u64 held_polls;	/**< polls of NAPIs whose interrupt stays off */
	__u64 absorbed;		/**< pending NET_RX softirqs the poller took over */
	__u64 raises;		/**< NET_RX softirqs that a hook did not let be raised */
	__u64 yields_patch;	/**< times given back: a livepatch transition was pending */
	__u64 yields_hooks;	/**< times given back: the hooks were not in effect */
	__u64 yields_suspend;	/**< times given back: the system went to sleep */
	__u64 yields_offline;	/**< times given back: the core went offline */
	__u64 rescues;		/**< times taken away: the poller did not run */
	__u64 quiescent_states;	/**< RCU quiescent states reported from the loop */
	__u64 squeezed;		/**< rounds cut by the packet or time budget */
	__u64 untracked_polls;	/**< polls of NAPIs beyond the KBP_NAPIS that have a record */
	__u64 retries;		/**< times taken again by the poller after a rescue */
	__u64 looks;		/**< looks at the empty list between two rounds, but for one where work came */
	__u64 looks_ns;		/**< time of those that no work ended soon after; counted in idle_ns, too */
	__u64 reserved[2];	/**< 0 */
};

/** Argument of KBP_IOC_CORE_STATUS. */
struct kbp_core_status {
	__u32 abi_version;	/**< in: KBP_ABI_VERSION */
	__u32 core;		/**< in */
	__u32 state;		/**< out: enum kbp_core_state */
	__u32 yield_reason;	/**< out: enum kbp_yield_reason while YIELDED */
	__s32 thread_pid;	/**< out: pid of kbp/N, 0 when there is none */
	__u32 spin_us;		/**< out: what an adaptive poller spins for at present */
	struct kbp_core_config config;	/**< out */
	struct kbp_counters counters;	/**< out */
	/**
	 * out: how long NAPIs waited on the list for their poll.  From the first NET_RX raise on when
	 * the poller slept; else from when the list was last seen empty, or from the round before the
	 * one that found them: never less than the truth, and more by one round at most.
	 */
	struct kbp_histogram delay;
	struct kbp_histogram guard;	/**< out: times with bottom halves held off, with work */
	__u64 rescue_ns;	/**< out: when the last rescue was (CLOCK_MONOTONIC), 0: never */
	__s32 rescue_pid;	/**< out: who had the core then */
	__u32 flags;		/**< out: KBP_CORE_*, while it is served; in: 0 */
	char rescue_comm[16];	/**< out: its name, NUL-terminated */
	/**
	 * out, while YIELDED by a rescue: in how long the poller takes the core again, 0: it is still
	 * kept away, or never does
	 */
	__u64 retry_in_ns;
};

#define KBP_NAPIS		32	/* NAPIs that have a record, per core */
#define KBP_NAPI_HELD		(1U << 0)	/* masked: its interrupt is off */
#define KBP_NAPI_BACKLOG	(1U << 1)	/* the core's backlog: loopback, veth, RPS */
#define KBP_NAPI_ARMS		(1U << 2)	/* its driver arms the interrupt anyway: never held */

/** One NAPI that a core's poller has polled. ENOENT: index has no record (nor have higher ones). */
struct kbp_napi_status {
	__u32 abi_version;	/**< in: KBP_ABI_VERSION */
	__u32 core;		/**< in */
	__u32 index;		/**< in: 0 .. KBP_NAPIS - 1 */
	__u32 napi_id;		/**< out: as in netlink and SO_INCOMING_NAPI_ID; 0: has none */
	__s32 ifindex;		/**< out: its device, 0: none */
	__u32 flags;		/**< out: KBP_NAPI_*, as of its last poll */
	__u64 polls;		/**< out */
	__u64 packets;		/**< out */
	__u64 exhausted;	/**< out: polls that used up the NAPI's weight */
	__u64 longest_delay_ns;	/**< out */
	struct kbp_histogram delay;	/**< out: as in kbp_core_status */
};

#define KBP_IOC_MAGIC		0xBB
#define KBP_IOC_INFO		_IOR(KBP_IOC_MAGIC, 0, struct kbp_info)
#define KBP_IOC_ENABLE		_IOWR(KBP_IOC_MAGIC, 1, struct kbp_change)
#define KBP_IOC_DISABLE		_IOWR(KBP_IOC_MAGIC, 2, struct kbp_change)
#define KBP_IOC_CORE_STATUS	_IOWR(KBP_IOC_MAGIC, 3, struct kbp_core_status)
#define KBP_IOC_CONFIGURE	_IOWR(KBP_IOC_MAGIC, 4, struct kbp_change)
#define KBP_IOC_NAPI_STATUS	_IOWR(KBP_IOC_MAGIC, 5, struct kbp_napi_status)

#endif /* _UAPI_KBP_H */
