// SPDX-License-Identifier: GPL-2.0
// Made of kbp.h by 'make bindings'. Do not edit: change the header.
pub const KBP_ABI_VERSION: u32 = 4;
pub const KBP_MAX_CORES: u32 = 8192;
pub const KBP_CORE_WORDS: u32 = 128;
pub const KBP_INFO_HOOKS_LIVE: u32 = 1;
pub const KBP_INFO_SUSPENDED: u32 = 2;
pub const KBP_SPIN_US_MIN: u32 = 1;
pub const KBP_SPIN_US_MAX: u32 = 1000000;
pub const KBP_EXIT_LATENCY_US_MAX: u32 = 1000000;
pub const KBP_EXIT_LATENCY_NONE: u32 = 4294967295;
pub const KBP_WINDOW_US_MIN: u32 = 20;
pub const KBP_WINDOW_US_MAX: u32 = 1000;
pub const KBP_SPACING_US_MIN: u32 = 100;
pub const KBP_SPACING_US_MAX: u32 = 10000;
pub const KBP_RESCUE_MS_MIN: u32 = 20;
pub const KBP_RESCUE_MS_MAX: u32 = 60000;
pub const KBP_RETRY_MS_MIN: u32 = 100;
pub const KBP_RETRY_MS_MAX: u32 = 60000;
pub const KBP_RETRY_NEVER: u32 = 0;
pub const KBP_SHARE_ONE_IN_MIN: u32 = 1;
pub const KBP_SHARE_ONE_IN_MAX: u32 = 12;
pub const KBP_NICE_MIN: i32 = -20;
pub const KBP_NICE_MAX: u32 = 19;
pub const KBP_FIELD_IRQ_MODE: u32 = 1;
pub const KBP_FIELD_IDLE_POLICY: u32 = 2;
pub const KBP_FIELD_SCHED_POLICY: u32 = 4;
pub const KBP_FIELD_NICE: u32 = 8;
pub const KBP_FIELD_SPIN: u32 = 16;
pub const KBP_FIELD_EXIT_LATENCY: u32 = 32;
pub const KBP_FIELD_WINDOW: u32 = 64;
pub const KBP_FIELD_SPACING: u32 = 128;
pub const KBP_FIELD_RESCUE: u32 = 256;
pub const KBP_FIELD_AWAY: u32 = 512;
pub const KBP_FIELD_RETRY: u32 = 1024;
pub const KBP_FIELD_SHARE: u32 = 2048;
pub const KBP_FIELDS_ALL: u32 = 4095;
pub const KBP_CHANGE_FORCE: u32 = 1;
pub const KBP_CORE_BACKLOG_THREAD: u32 = 1;
pub const KBP_BUCKETS: u32 = 32;
pub const KBP_NAPIS: u32 = 32;
pub const KBP_NAPI_HELD: u32 = 1;
pub const KBP_NAPI_BACKLOG: u32 = 2;
pub const KBP_NAPI_ARMS: u32 = 4;
pub const KBP_IOC_MAGIC: u32 = 187;
pub const KBP_IOC_INFO: u32 = 2151725824;
pub const KBP_IOC_ENABLE: u32 = 3298343681;
pub const KBP_IOC_DISABLE: u32 = 3298343682;
pub const KBP_IOC_CORE_STATUS: u32 = 3280517891;
pub const KBP_IOC_CONFIGURE: u32 = 3298343684;
pub const KBP_IOC_NAPI_STATUS: u32 = 3241720581;
pub type __s32 = ::core::ffi::c_int;
pub type __u32 = ::core::ffi::c_uint;
pub type __u64 = ::core::ffi::c_ulonglong;
#[doc = " Core N is bit N % 64 of words[N / 64]."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct kbp_core_set {
    #[doc = " the bits"]
    pub words: [__u64; 128usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_core_set"][::core::mem::size_of::<kbp_core_set>() - 1024usize];
    ["Alignment of kbp_core_set"][::core::mem::align_of::<kbp_core_set>() - 8usize];
    ["Offset of field: kbp_core_set::words"][::core::mem::offset_of!(kbp_core_set, words) - 0usize];
};
#[doc = " Answer of KBP_IOC_INFO, the whole module at a glance."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_info {
    #[doc = " out: KBP_ABI_VERSION of the loaded module"]
    pub abi_version: __u32,
    #[doc = " out: KBP_INFO_*"]
    pub flags: __u32,
    #[doc = " out: one more than the highest core this system can have"]
    pub core_limit: __u32,
    #[doc = " out: cores that are not KBP_CORE_OFF"]
    pub active_cores: __u32,
    #[doc = " out: 0"]
    pub reserved: [__u64; 6usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_info"][::core::mem::size_of::<kbp_info>() - 64usize];
    ["Alignment of kbp_info"][::core::mem::align_of::<kbp_info>() - 8usize];
    ["Offset of field: kbp_info::abi_version"]
        [::core::mem::offset_of!(kbp_info, abi_version) - 0usize];
    ["Offset of field: kbp_info::flags"][::core::mem::offset_of!(kbp_info, flags) - 4usize];
    ["Offset of field: kbp_info::core_limit"]
        [::core::mem::offset_of!(kbp_info, core_limit) - 8usize];
    ["Offset of field: kbp_info::active_cores"]
        [::core::mem::offset_of!(kbp_info, active_cores) - 12usize];
    ["Offset of field: kbp_info::reserved"][::core::mem::offset_of!(kbp_info, reserved) - 16usize];
};
#[doc = " nothing failed"]
pub const KBP_STEP_NONE: kbp_step = 0;
#[doc = " EPROTO: abi_version is not the module's"]
pub const KBP_STEP_ABI: kbp_step = 1;
#[doc = " EINVAL: unknown flag, or reserved not 0"]
pub const KBP_STEP_ARGUMENTS: kbp_step = 2;
#[doc = " EINVAL: no core named"]
pub const KBP_STEP_EMPTY: kbp_step = 3;
#[doc = " EOPNOTSUPP: the livepatch is not live"]
pub const KBP_STEP_HOOKS: kbp_step = 4;
#[doc = " ENODEV: failed_core does not exist here"]
pub const KBP_STEP_PRESENT: kbp_step = 5;
#[doc = " ENODEV: failed_core is offline"]
pub const KBP_STEP_ONLINE: kbp_step = 6;
#[doc = " EBUSY: core 0 without KBP_CHANGE_FORCE"]
pub const KBP_STEP_BOOT_CORE: kbp_step = 7;
#[doc = " EBUSY: no online core left without KBP (FORCE overrides)"]
pub const KBP_STEP_HOUSEKEEPING: kbp_step = 8;
#[doc = " errno of kthread creation for failed_core"]
pub const KBP_STEP_THREAD: kbp_step = 9;
#[doc = " ETIMEDOUT: the thread of failed_core did not start"]
pub const KBP_STEP_START: kbp_step = 10;
#[doc = " EINVAL: failed_field of the configuration is out of range"]
pub const KBP_STEP_CONFIG: kbp_step = 11;
#[doc = " ETIMEDOUT: failed_core still has its thread; softirq serves, ask again"]
pub const KBP_STEP_STOP: kbp_step = 12;
#[doc = " errno of the PM QoS request for failed_core"]
pub const KBP_STEP_LATENCY: kbp_step = 13;
#[doc = " Which check or act of a change failed; with it goes the errno of the ioctl."]
pub type kbp_step = ::core::ffi::c_uint;
#[doc = " armed when the NAPI has run dry: it announces the next packet"]
pub const KBP_IRQ_ARMED: kbp_irq_mode = 0;
#[doc = " stays off: the poller keeps the NAPI and looks at its ring"]
pub const KBP_IRQ_MASKED: kbp_irq_mode = 1;
#[doc = " What happens to the interrupt of a NAPI that the poller serves."]
pub type kbp_irq_mode = ::core::ffi::c_uint;
#[doc = " keeps spinning"]
pub const KBP_IDLE_SPIN: kbp_idle_policy = 0;
#[doc = " spins for a while, then arms the interrupts and sleeps"]
pub const KBP_IDLE_ADAPTIVE: kbp_idle_policy = 1;
#[doc = " What an idle poller does."]
pub type kbp_idle_policy = ::core::ffi::c_uint;
#[doc = " the poller: what is scheduled wakes it"]
pub const KBP_AWAY_THREAD: kbp_away = 0;
#[doc = " softirq, as without KBP; the poller when that does not get through"]
pub const KBP_AWAY_SOFTIRQ: kbp_away = 1;
#[doc = " softirq with KBP_IDLE_ADAPTIVE and KBP_IRQ_ARMED, else thread"]
pub const KBP_AWAY_AUTO: kbp_away = 2;
#[doc = " Who serves while the poller is away from its core: in windows between packets, and asleep."]
pub type kbp_away = ::core::ffi::c_uint;
#[doc = " SCHED_FIFO, the lowest real-time priority"]
pub const KBP_SCHED_FIFO: kbp_sched_policy = 0;
#[doc = " SCHED_NORMAL with kbp_core_config.nice"]
pub const KBP_SCHED_OTHER: kbp_sched_policy = 1;
#[doc = " How the scheduler treats a poller's thread."]
pub type kbp_sched_policy = ::core::ffi::c_uint;
#[doc = " How one core is served. Kept from its first change until kbp.ko is unloaded, also while off."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub struct kbp_core_config {
    #[doc = " enum kbp_irq_mode; default armed"]
    pub irq_mode: __u32,
    #[doc = " enum kbp_idle_policy; default adaptive"]
    pub idle_policy: __u32,
    #[doc = " enum kbp_sched_policy; default FIFO"]
    pub sched_policy: __u32,
    #[doc = " -20..19, default 0; only for KBP_SCHED_OTHER"]
    pub nice: __s32,
    #[doc = " longest spin before an adaptive sleep; default 200"]
    pub spin_us: __u32,
    #[doc = " adaptive: longest C-state exit allowed to the core (PM QoS);\n default KBP_EXIT_LATENCY_NONE: no request"]
    pub exit_latency_us: __u32,
    #[doc = " shortest housekeeping window; default 50"]
    pub window_us: __u32,
    #[doc = " shortest time between two looks for waiting tasks; default 500"]
    pub spacing_us: __u32,
    #[doc = " a poller away for longer while packets wait loses its core; default 100"]
    pub rescue_ms: __u32,
    #[doc = " enum kbp_away; default auto"]
    pub away: __u32,
    #[doc = " how long after a first rescue its poller takes the core again, each time twice as long up to\n a minute, or KBP_RETRY_NEVER; default 1000"]
    pub retry_ms: __u32,
    #[doc = " tasks that wait, and always want the core, get one part in so many of the poller's time; default 12"]
    pub share_one_in: __u32,
    #[doc = " in: 0"]
    pub reserved: [__u64; 3usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_core_config"][::core::mem::size_of::<kbp_core_config>() - 72usize];
    ["Alignment of kbp_core_config"][::core::mem::align_of::<kbp_core_config>() - 8usize];
    ["Offset of field: kbp_core_config::irq_mode"]
        [::core::mem::offset_of!(kbp_core_config, irq_mode) - 0usize];
    ["Offset of field: kbp_core_config::idle_policy"]
        [::core::mem::offset_of!(kbp_core_config, idle_policy) - 4usize];
    ["Offset of field: kbp_core_config::sched_policy"]
        [::core::mem::offset_of!(kbp_core_config, sched_policy) - 8usize];
    ["Offset of field: kbp_core_config::nice"]
        [::core::mem::offset_of!(kbp_core_config, nice) - 12usize];
    ["Offset of field: kbp_core_config::spin_us"]
        [::core::mem::offset_of!(kbp_core_config, spin_us) - 16usize];
    ["Offset of field: kbp_core_config::exit_latency_us"]
        [::core::mem::offset_of!(kbp_core_config, exit_latency_us) - 20usize];
    ["Offset of field: kbp_core_config::window_us"]
        [::core::mem::offset_of!(kbp_core_config, window_us) - 24usize];
    ["Offset of field: kbp_core_config::spacing_us"]
        [::core::mem::offset_of!(kbp_core_config, spacing_us) - 28usize];
    ["Offset of field: kbp_core_config::rescue_ms"]
        [::core::mem::offset_of!(kbp_core_config, rescue_ms) - 32usize];
    ["Offset of field: kbp_core_config::away"]
        [::core::mem::offset_of!(kbp_core_config, away) - 36usize];
    ["Offset of field: kbp_core_config::retry_ms"]
        [::core::mem::offset_of!(kbp_core_config, retry_ms) - 40usize];
    ["Offset of field: kbp_core_config::share_one_in"]
        [::core::mem::offset_of!(kbp_core_config, share_one_in) - 44usize];
    ["Offset of field: kbp_core_config::reserved"]
        [::core::mem::offset_of!(kbp_core_config, reserved) - 48usize];
};
#[doc = " Enable, disable or configure a set of cores: all of them, or (enable, configure) none of them.\n Enable sets the named fields of the configuration first; disable takes none."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_change {
    #[doc = " in: KBP_ABI_VERSION"]
    pub abi_version: __u32,
    #[doc = " in: KBP_CHANGE_* (disable: 0)"]
    pub flags: __u32,
    #[doc = " in"]
    pub cores: kbp_core_set,
    #[doc = " out: enum kbp_step"]
    pub failed_step: __u32,
    #[doc = " out: meaningful for the steps that name it"]
    pub failed_core: __u32,
    #[doc = " out: cores that were not in the asked state before"]
    pub changed: __u32,
    #[doc = " in: KBP_FIELD_* of config to set"]
    pub fields: __u32,
    #[doc = " in: only the named fields are read"]
    pub config: kbp_core_config,
    #[doc = " out: KBP_FIELD_* for KBP_STEP_CONFIG"]
    pub failed_field: __u32,
    #[doc = " in: 0"]
    pub pad: __u32,
    #[doc = " in: 0"]
    pub reserved: [__u64; 6usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_change"][::core::mem::size_of::<kbp_change>() - 1176usize];
    ["Alignment of kbp_change"][::core::mem::align_of::<kbp_change>() - 8usize];
    ["Offset of field: kbp_change::abi_version"]
        [::core::mem::offset_of!(kbp_change, abi_version) - 0usize];
    ["Offset of field: kbp_change::flags"][::core::mem::offset_of!(kbp_change, flags) - 4usize];
    ["Offset of field: kbp_change::cores"][::core::mem::offset_of!(kbp_change, cores) - 8usize];
    ["Offset of field: kbp_change::failed_step"]
        [::core::mem::offset_of!(kbp_change, failed_step) - 1032usize];
    ["Offset of field: kbp_change::failed_core"]
        [::core::mem::offset_of!(kbp_change, failed_core) - 1036usize];
    ["Offset of field: kbp_change::changed"]
        [::core::mem::offset_of!(kbp_change, changed) - 1040usize];
    ["Offset of field: kbp_change::fields"]
        [::core::mem::offset_of!(kbp_change, fields) - 1044usize];
    ["Offset of field: kbp_change::config"]
        [::core::mem::offset_of!(kbp_change, config) - 1048usize];
    ["Offset of field: kbp_change::failed_field"]
        [::core::mem::offset_of!(kbp_change, failed_field) - 1120usize];
    ["Offset of field: kbp_change::pad"][::core::mem::offset_of!(kbp_change, pad) - 1124usize];
    ["Offset of field: kbp_change::reserved"]
        [::core::mem::offset_of!(kbp_change, reserved) - 1128usize];
};
#[doc = " softirq serves the core, as without KBP"]
pub const KBP_CORE_OFF: kbp_core_state = 0;
#[doc = " the thread was created and has not taken the core yet"]
pub const KBP_CORE_STARTING: kbp_core_state = 1;
#[doc = " the thread polls"]
pub const KBP_CORE_POLLING: kbp_core_state = 2;
#[doc = " window or adaptive sleep; kbp_core_config.away says who serves"]
pub const KBP_CORE_SLEEPING: kbp_core_state = 3;
#[doc = " the thread is giving the core back for good"]
pub const KBP_CORE_DRAINING: kbp_core_state = 4;
#[doc = " given back to softirq; see yield_reason"]
pub const KBP_CORE_YIELDED: kbp_core_state = 5;
#[doc = " Who serves a core, and what its poller does."]
pub type kbp_core_state = ::core::ffi::c_uint;
#[doc = " it is not"]
pub const KBP_YIELD_NONE: kbp_yield_reason = 0;
#[doc = " a livepatch transition is pending for the thread"]
pub const KBP_YIELD_PATCH: kbp_yield_reason = 1;
#[doc = " the hooks are not in effect: another livepatch replaced ours"]
pub const KBP_YIELD_HOOKS: kbp_yield_reason = 2;
#[doc = " the core is offline; served again when it is back"]
pub const KBP_YIELD_OFFLINE: kbp_yield_reason = 3;
#[doc = " the system is going to sleep"]
pub const KBP_YIELD_SUSPEND: kbp_yield_reason = 4;
#[doc = " the poller did not run; see kbp_core_config.retry_ms"]
pub const KBP_YIELD_RESCUE: kbp_yield_reason = 5;
#[doc = " Why a core is YIELDED."]
pub type kbp_yield_reason = ::core::ffi::c_uint;
#[doc = " Times in powers of two: counts[0] counts 0 ns, counts[i] times from 2^(i-1) to below 2^i ns,\n the last bucket everything longer, too."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_histogram {
    #[doc = " by bucket"]
    pub counts: [__u64; 32usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_histogram"][::core::mem::size_of::<kbp_histogram>() - 256usize];
    ["Alignment of kbp_histogram"][::core::mem::align_of::<kbp_histogram>() - 8usize];
    ["Offset of field: kbp_histogram::counts"]
        [::core::mem::offset_of!(kbp_histogram, counts) - 0usize];
};
#[doc = " All counters start at 0 when kbp.ko is loaded and never go back."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_counters {
    #[doc = " rounds of the poll loop"]
    pub cycles: __u64,
    #[doc = " rounds that found nothing to do"]
    pub empty_cycles: __u64,
    #[doc = " NAPI polls"]
    pub polls: __u64,
    #[doc = " sum of what the polls returned"]
    pub packets: __u64,
    #[doc = " time in rounds that found something to do"]
    pub busy_ns: __u64,
    #[doc = " time in rounds that did not, and between rounds"]
    pub idle_ns: __u64,
    #[doc = " time in housekeeping windows"]
    pub window_ns: __u64,
    #[doc = " time in adaptive sleeps"]
    pub sleep_ns: __u64,
    #[doc = " time given back to softirq by the thread itself"]
    pub yielded_ns: __u64,
    #[doc = " longest time with bottom halves held off"]
    pub longest_guard_ns: __u64,
    #[doc = " longest time between two looks at the list, windows and sleeps included"]
    pub longest_gap_ns: __u64,
    #[doc = " housekeeping windows taken"]
    pub windows: __u64,
    #[doc = " windows cut short by a packet"]
    pub window_wakeups: __u64,
    #[doc = " adaptive sleeps"]
    pub sleeps: __u64,
    #[doc = " adaptive sleeps ended by a packet"]
    pub sleep_wakeups: __u64,
    #[doc = " rounds that armed the interrupts of masked NAPIs again"]
    pub releases: __u64,
    #[doc = " polls of NAPIs whose interrupt stays off"]
    pub held_polls: __u64,
    #[doc = " pending NET_RX softirqs the poller took over"]
    pub absorbed: __u64,
    #[doc = " NET_RX softirqs that a hook did not let be raised"]
    pub raises: __u64,
    #[doc = " times given back: a livepatch transition was pending"]
    pub yields_patch: __u64,
    #[doc = " times given back: the hooks were not in effect"]
    pub yields_hooks: __u64,
    #[doc = " times given back: the system went to sleep"]
    pub yields_suspend: __u64,
    #[doc = " times given back: the core went offline"]
    pub yields_offline: __u64,
    #[doc = " times taken away: the poller did not run"]
    pub rescues: __u64,
    #[doc = " RCU quiescent states reported from the loop"]
    pub quiescent_states: __u64,
    #[doc = " rounds cut by the packet or time budget"]
    pub squeezed: __u64,
    #[doc = " polls of NAPIs beyond the KBP_NAPIS that have a record"]
    pub untracked_polls: __u64,
    #[doc = " times taken again by the poller after a rescue"]
    pub retries: __u64,
    #[doc = " looks at the empty list between two rounds, but for one where work came"]
    pub looks: __u64,
    #[doc = " time of those that no work ended soon after; counted in idle_ns, too"]
    pub looks_ns: __u64,
    #[doc = " 0"]
    pub reserved: [__u64; 2usize],
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_counters"][::core::mem::size_of::<kbp_counters>() - 256usize];
    ["Alignment of kbp_counters"][::core::mem::align_of::<kbp_counters>() - 8usize];
    ["Offset of field: kbp_counters::cycles"]
        [::core::mem::offset_of!(kbp_counters, cycles) - 0usize];
    ["Offset of field: kbp_counters::empty_cycles"]
        [::core::mem::offset_of!(kbp_counters, empty_cycles) - 8usize];
    ["Offset of field: kbp_counters::polls"]
        [::core::mem::offset_of!(kbp_counters, polls) - 16usize];
    ["Offset of field: kbp_counters::packets"]
        [::core::mem::offset_of!(kbp_counters, packets) - 24usize];
    ["Offset of field: kbp_counters::busy_ns"]
        [::core::mem::offset_of!(kbp_counters, busy_ns) - 32usize];
    ["Offset of field: kbp_counters::idle_ns"]
        [::core::mem::offset_of!(kbp_counters, idle_ns) - 40usize];
    ["Offset of field: kbp_counters::window_ns"]
        [::core::mem::offset_of!(kbp_counters, window_ns) - 48usize];
    ["Offset of field: kbp_counters::sleep_ns"]
        [::core::mem::offset_of!(kbp_counters, sleep_ns) - 56usize];
    ["Offset of field: kbp_counters::yielded_ns"]
        [::core::mem::offset_of!(kbp_counters, yielded_ns) - 64usize];
    ["Offset of field: kbp_counters::longest_guard_ns"]
        [::core::mem::offset_of!(kbp_counters, longest_guard_ns) - 72usize];
    ["Offset of field: kbp_counters::longest_gap_ns"]
        [::core::mem::offset_of!(kbp_counters, longest_gap_ns) - 80usize];
    ["Offset of field: kbp_counters::windows"]
        [::core::mem::offset_of!(kbp_counters, windows) - 88usize];
    ["Offset of field: kbp_counters::window_wakeups"]
        [::core::mem::offset_of!(kbp_counters, window_wakeups) - 96usize];
    ["Offset of field: kbp_counters::sleeps"]
        [::core::mem::offset_of!(kbp_counters, sleeps) - 104usize];
    ["Offset of field: kbp_counters::sleep_wakeups"]
        [::core::mem::offset_of!(kbp_counters, sleep_wakeups) - 112usize];
    ["Offset of field: kbp_counters::releases"]
        [::core::mem::offset_of!(kbp_counters, releases) - 120usize];
    ["Offset of field: kbp_counters::held_polls"]
        [::core::mem::offset_of!(kbp_counters, held_polls) - 128usize];
    ["Offset of field: kbp_counters::absorbed"]
        [::core::mem::offset_of!(kbp_counters, absorbed) - 136usize];
    ["Offset of field: kbp_counters::raises"]
        [::core::mem::offset_of!(kbp_counters, raises) - 144usize];
    ["Offset of field: kbp_counters::yields_patch"]
        [::core::mem::offset_of!(kbp_counters, yields_patch) - 152usize];
    ["Offset of field: kbp_counters::yields_hooks"]
        [::core::mem::offset_of!(kbp_counters, yields_hooks) - 160usize];
    ["Offset of field: kbp_counters::yields_suspend"]
        [::core::mem::offset_of!(kbp_counters, yields_suspend) - 168usize];
    ["Offset of field: kbp_counters::yields_offline"]
        [::core::mem::offset_of!(kbp_counters, yields_offline) - 176usize];
    ["Offset of field: kbp_counters::rescues"]
        [::core::mem::offset_of!(kbp_counters, rescues) - 184usize];
    ["Offset of field: kbp_counters::quiescent_states"]
        [::core::mem::offset_of!(kbp_counters, quiescent_states) - 192usize];
    ["Offset of field: kbp_counters::squeezed"]
        [::core::mem::offset_of!(kbp_counters, squeezed) - 200usize];
    ["Offset of field: kbp_counters::untracked_polls"]
        [::core::mem::offset_of!(kbp_counters, untracked_polls) - 208usize];
    ["Offset of field: kbp_counters::retries"]
        [::core::mem::offset_of!(kbp_counters, retries) - 216usize];
    ["Offset of field: kbp_counters::looks"]
        [::core::mem::offset_of!(kbp_counters, looks) - 224usize];
    ["Offset of field: kbp_counters::looks_ns"]
        [::core::mem::offset_of!(kbp_counters, looks_ns) - 232usize];
    ["Offset of field: kbp_counters::reserved"]
        [::core::mem::offset_of!(kbp_counters, reserved) - 240usize];
};
#[doc = " Argument of KBP_IOC_CORE_STATUS."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_core_status {
    #[doc = " in: KBP_ABI_VERSION"]
    pub abi_version: __u32,
    #[doc = " in"]
    pub core: __u32,
    #[doc = " out: enum kbp_core_state"]
    pub state: __u32,
    #[doc = " out: enum kbp_yield_reason while YIELDED"]
    pub yield_reason: __u32,
    #[doc = " out: pid of kbp/N, 0 when there is none"]
    pub thread_pid: __s32,
    #[doc = " out: what an adaptive poller spins for at present"]
    pub spin_us: __u32,
    #[doc = " out"]
    pub config: kbp_core_config,
    #[doc = " out"]
    pub counters: kbp_counters,
    #[doc = " out: how long NAPIs waited on the list for their poll.  From the first NET_RX raise on when\n the poller slept; else from when the list was last seen empty, or from the round before the\n one that found them: never less than the truth, and more by one round at most."]
    pub delay: kbp_histogram,
    #[doc = " out: times with bottom halves held off, with work"]
    pub guard: kbp_histogram,
    #[doc = " out: when the last rescue was (CLOCK_MONOTONIC), 0: never"]
    pub rescue_ns: __u64,
    #[doc = " out: who had the core then"]
    pub rescue_pid: __s32,
    #[doc = " out: KBP_CORE_*, while it is served; in: 0"]
    pub flags: __u32,
    #[doc = " out: its name, NUL-terminated"]
    pub rescue_comm: [::core::ffi::c_char; 16usize],
    #[doc = " out, while YIELDED by a rescue: in how long the poller takes the core again, 0: it is still\n kept away, or never does"]
    pub retry_in_ns: __u64,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_core_status"][::core::mem::size_of::<kbp_core_status>() - 904usize];
    ["Alignment of kbp_core_status"][::core::mem::align_of::<kbp_core_status>() - 8usize];
    ["Offset of field: kbp_core_status::abi_version"]
        [::core::mem::offset_of!(kbp_core_status, abi_version) - 0usize];
    ["Offset of field: kbp_core_status::core"]
        [::core::mem::offset_of!(kbp_core_status, core) - 4usize];
    ["Offset of field: kbp_core_status::state"]
        [::core::mem::offset_of!(kbp_core_status, state) - 8usize];
    ["Offset of field: kbp_core_status::yield_reason"]
        [::core::mem::offset_of!(kbp_core_status, yield_reason) - 12usize];
    ["Offset of field: kbp_core_status::thread_pid"]
        [::core::mem::offset_of!(kbp_core_status, thread_pid) - 16usize];
    ["Offset of field: kbp_core_status::spin_us"]
        [::core::mem::offset_of!(kbp_core_status, spin_us) - 20usize];
    ["Offset of field: kbp_core_status::config"]
        [::core::mem::offset_of!(kbp_core_status, config) - 24usize];
    ["Offset of field: kbp_core_status::counters"]
        [::core::mem::offset_of!(kbp_core_status, counters) - 96usize];
    ["Offset of field: kbp_core_status::delay"]
        [::core::mem::offset_of!(kbp_core_status, delay) - 352usize];
    ["Offset of field: kbp_core_status::guard"]
        [::core::mem::offset_of!(kbp_core_status, guard) - 608usize];
    ["Offset of field: kbp_core_status::rescue_ns"]
        [::core::mem::offset_of!(kbp_core_status, rescue_ns) - 864usize];
    ["Offset of field: kbp_core_status::rescue_pid"]
        [::core::mem::offset_of!(kbp_core_status, rescue_pid) - 872usize];
    ["Offset of field: kbp_core_status::flags"]
        [::core::mem::offset_of!(kbp_core_status, flags) - 876usize];
    ["Offset of field: kbp_core_status::rescue_comm"]
        [::core::mem::offset_of!(kbp_core_status, rescue_comm) - 880usize];
    ["Offset of field: kbp_core_status::retry_in_ns"]
        [::core::mem::offset_of!(kbp_core_status, retry_in_ns) - 896usize];
};
#[doc = " One NAPI that a core's poller has polled. ENOENT: index has no record (nor have higher ones)."]
#[repr(C)]
#[derive(Debug, Copy, Clone, PartialEq, Eq, Default)]
pub struct kbp_napi_status {
    #[doc = " in: KBP_ABI_VERSION"]
    pub abi_version: __u32,
    #[doc = " in"]
    pub core: __u32,
    #[doc = " in: 0 .. KBP_NAPIS - 1"]
    pub index: __u32,
    #[doc = " out: as in netlink and SO_INCOMING_NAPI_ID; 0: has none"]
    pub napi_id: __u32,
    #[doc = " out: its device, 0: none"]
    pub ifindex: __s32,
    #[doc = " out: KBP_NAPI_*, as of its last poll"]
    pub flags: __u32,
    #[doc = " out"]
    pub polls: __u64,
    #[doc = " out"]
    pub packets: __u64,
    #[doc = " out: polls that used up the NAPI's weight"]
    pub exhausted: __u64,
    #[doc = " out"]
    pub longest_delay_ns: __u64,
    #[doc = " out: as in kbp_core_status"]
    pub delay: kbp_histogram,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of kbp_napi_status"][::core::mem::size_of::<kbp_napi_status>() - 312usize];
    ["Alignment of kbp_napi_status"][::core::mem::align_of::<kbp_napi_status>() - 8usize];
    ["Offset of field: kbp_napi_status::abi_version"]
        [::core::mem::offset_of!(kbp_napi_status, abi_version) - 0usize];
    ["Offset of field: kbp_napi_status::core"]
        [::core::mem::offset_of!(kbp_napi_status, core) - 4usize];
    ["Offset of field: kbp_napi_status::index"]
        [::core::mem::offset_of!(kbp_napi_status, index) - 8usize];
    ["Offset of field: kbp_napi_status::napi_id"]
        [::core::mem::offset_of!(kbp_napi_status, napi_id) - 12usize];
    ["Offset of field: kbp_napi_status::ifindex"]
        [::core::mem::offset_of!(kbp_napi_status, ifindex) - 16usize];
    ["Offset of field: kbp_napi_status::flags"]
        [::core::mem::offset_of!(kbp_napi_status, flags) - 20usize];
    ["Offset of field: kbp_napi_status::polls"]
        [::core::mem::offset_of!(kbp_napi_status, polls) - 24usize];
    ["Offset of field: kbp_napi_status::packets"]
        [::core::mem::offset_of!(kbp_napi_status, packets) - 32usize];
    ["Offset of field: kbp_napi_status::exhausted"]
        [::core::mem::offset_of!(kbp_napi_status, exhausted) - 40usize];
    ["Offset of field: kbp_napi_status::longest_delay_ns"]
        [::core::mem::offset_of!(kbp_napi_status, longest_delay_ns) - 48usize];
    ["Offset of field: kbp_napi_status::delay"]
        [::core::mem::offset_of!(kbp_napi_status, delay) - 56usize];
};
