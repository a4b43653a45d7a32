// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! The layouts of `kbp.h`, item by item and in its order. `tests/header.rs` compares the two.

/// Version of every layout here; see `KBP_ABI_VERSION`.
pub const ABI_VERSION: u32 = 2;
/// Cores `0..MAX_CORES` can be named.
pub const MAX_CORES: u32 = 1024;
/// 64-bit words in a [`CoreSet`].
pub const CORE_WORDS: usize = (MAX_CORES / 64) as usize;

/// A set of cores: core N is bit `N % 64` of `words[N / 64]`.
#[repr(C)]
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct CoreSet {
    /// The bits.
    pub words: [u64; CORE_WORDS],
}

impl CoreSet {
    /// Adds `core`; false (and no change) when it is not below [`MAX_CORES`].
    pub fn insert(&mut self, core: u32) -> bool {
        match self.words.get_mut((core / 64) as usize) {
            Some(word) => {
                *word |= 1 << (core % 64);
                true
            }
            None => false,
        }
    }

    /// Whether `core` is in the set.
    pub fn contains(&self, core: u32) -> bool {
        match self.words.get((core / 64) as usize) {
            Some(word) => word & (1 << (core % 64)) != 0,
            None => false,
        }
    }

    /// Whether no core is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The cores in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + Clone + '_ {
        (0..MAX_CORES).filter(|core| self.contains(*core))
    }
}

/// `kbp_info.flags`: the hooks are in effect.
pub const INFO_HOOKS_LIVE: u32 = 1 << 0;
/// `kbp_info.flags`: the system is going to sleep.
pub const INFO_SUSPENDED: u32 = 1 << 1;

/// Answer of [`IOC_INFO`]. Keeps its layout for ever.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Info {
    /// [`ABI_VERSION`] of the loaded module.
    pub abi_version: u32,
    /// `INFO_*`.
    pub flags: u32,
    /// One more than the highest core this system can have.
    pub core_limit: u32,
    /// Cores that are not [`CORE_OFF`].
    pub active_cores: u32,
    /// 0.
    pub reserved: [u64; 6],
}

/// Nothing failed.
pub const STEP_NONE: u32 = 0;
/// `EPROTO`: `abi_version` is not the module's.
pub const STEP_ABI: u32 = 1;
/// `EINVAL`: unknown flag, or a reserved field is not 0.
pub const STEP_ARGUMENTS: u32 = 2;
/// `EINVAL`: no core named.
pub const STEP_EMPTY: u32 = 3;
/// `EOPNOTSUPP`: the livepatch is not live.
pub const STEP_HOOKS: u32 = 4;
/// `ENODEV`: `failed_core` does not exist here.
pub const STEP_PRESENT: u32 = 5;
/// `ENODEV`: `failed_core` is offline.
pub const STEP_ONLINE: u32 = 6;
/// `EBUSY`: core 0 without [`CHANGE_FORCE`].
pub const STEP_BOOT_CORE: u32 = 7;
/// `EBUSY`: no online core would be left without KBP.
pub const STEP_HOUSEKEEPING: u32 = 8;
/// The thread of `failed_core` could not be created.
pub const STEP_THREAD: u32 = 9;
/// `ETIMEDOUT`: the thread of `failed_core` did not start.
pub const STEP_START: u32 = 10;

/// `EINVAL`: `failed_field` of the configuration is out of range.
pub const STEP_CONFIG: u32 = 11;
/// `ETIMEDOUT`: the thread of `failed_core` has not ended yet; softirq serves the core.
pub const STEP_STOP: u32 = 12;
/// The PM QoS request for `failed_core` failed.
pub const STEP_LATENCY: u32 = 13;

/// A NAPI's interrupt is armed when the NAPI has run dry.
pub const IRQ_ARMED: u32 = 0;
/// A NAPI's interrupt stays off.
pub const IRQ_MASKED: u32 = 1;
/// A poller without work looks on.
pub const IDLE_SPIN: u32 = 0;
/// A poller without work looks on for a while, then sleeps.
pub const IDLE_ADAPTIVE: u32 = 1;
/// SCHED_FIFO, the lowest real-time priority.
pub const SCHED_FIFO: u32 = 0;
/// SCHED_NORMAL.
pub const SCHED_OTHER: u32 = 1;

/// Least [`CoreConfig::spin_us`].
pub const SPIN_US_MIN: u32 = 1;
/// Most [`CoreConfig::spin_us`].
pub const SPIN_US_MAX: u32 = 1_000_000;
/// Most [`CoreConfig::exit_latency_us`].
pub const EXIT_LATENCY_US_MAX: u32 = 1_000_000;
/// [`CoreConfig::exit_latency_us`] without a request.
pub const EXIT_LATENCY_NONE: u32 = u32::MAX;
/// Least [`CoreConfig::window_us`].
pub const WINDOW_US_MIN: u32 = 20;
/// Most [`CoreConfig::window_us`].
pub const WINDOW_US_MAX: u32 = 1_000;
/// Least [`CoreConfig::spacing_us`].
pub const SPACING_US_MIN: u32 = 100;
/// Most [`CoreConfig::spacing_us`].
pub const SPACING_US_MAX: u32 = 10_000;
/// Least [`CoreConfig::rescue_ms`].
pub const RESCUE_MS_MIN: u32 = 20;
/// Most [`CoreConfig::rescue_ms`].
pub const RESCUE_MS_MAX: u32 = 60_000;
/// Least [`CoreConfig::nice`].
pub const NICE_MIN: i32 = -20;
/// Most [`CoreConfig::nice`].
pub const NICE_MAX: i32 = 19;

/// How one core is served.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreConfig {
    /// `IRQ_*`.
    pub irq_mode: u32,
    /// `IDLE_*`.
    pub idle_policy: u32,
    /// `SCHED_*`.
    pub sched_policy: u32,
    /// For [`SCHED_OTHER`].
    pub nice: i32,
    /// Longest spin before an adaptive sleep.
    pub spin_us: u32,
    /// Adaptive: longest C-state exit allowed to the core, or [`EXIT_LATENCY_NONE`].
    pub exit_latency_us: u32,
    /// Shortest housekeeping window.
    pub window_us: u32,
    /// Shortest time between two looks for waiting tasks.
    pub spacing_us: u32,
    /// A poller away for longer while packets wait loses its core.
    pub rescue_ms: u32,
    /// In: 0.
    pub pad: u32,
    /// In: 0.
    pub reserved: [u64; 4],
}

impl Default for CoreConfig {
    /// What a core has before its first change.
    fn default() -> Self {
        CoreConfig {
            irq_mode: IRQ_ARMED,
            idle_policy: IDLE_SPIN,
            sched_policy: SCHED_FIFO,
            nice: 0,
            spin_us: 200,
            exit_latency_us: EXIT_LATENCY_NONE,
            window_us: 50,
            spacing_us: 500,
            rescue_ms: 100,
            pad: 0,
            reserved: [0; 4],
        }
    }
}

/// Set [`CoreConfig::irq_mode`].
pub const FIELD_IRQ_MODE: u32 = 1 << 0;
/// Set [`CoreConfig::idle_policy`].
pub const FIELD_IDLE_POLICY: u32 = 1 << 1;
/// Set [`CoreConfig::sched_policy`].
pub const FIELD_SCHED_POLICY: u32 = 1 << 2;
/// Set [`CoreConfig::nice`].
pub const FIELD_NICE: u32 = 1 << 3;
/// Set [`CoreConfig::spin_us`].
pub const FIELD_SPIN: u32 = 1 << 4;
/// Set [`CoreConfig::exit_latency_us`].
pub const FIELD_EXIT_LATENCY: u32 = 1 << 5;
/// Set [`CoreConfig::window_us`].
pub const FIELD_WINDOW: u32 = 1 << 6;
/// Set [`CoreConfig::spacing_us`].
pub const FIELD_SPACING: u32 = 1 << 7;
/// Set [`CoreConfig::rescue_ms`].
pub const FIELD_RESCUE: u32 = 1 << 8;
/// Every field there is.
pub const FIELDS_ALL: u32 = (1 << 9) - 1;

/// `kbp_change.flags`: allow core 0 and the last core without KBP.
pub const CHANGE_FORCE: u32 = 1 << 0;

/// Argument of [`IOC_ENABLE`], [`IOC_DISABLE`] and [`IOC_CONFIGURE`].
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Change {
    /// In: [`ABI_VERSION`].
    pub abi_version: u32,
    /// In: `CHANGE_*`.
    pub flags: u32,
    /// In: the cores to change.
    pub cores: CoreSet,
    /// Out: `STEP_*`.
    pub failed_step: u32,
    /// Out: the core that failed, for the steps that name one.
    pub failed_core: u32,
    /// Out: cores that were not in the asked state before.
    pub changed: u32,
    /// In: `FIELD_*` of `config` to set.
    pub fields: u32,
    /// In: only the named fields are read.
    pub config: CoreConfig,
    /// Out: `FIELD_*` for [`STEP_CONFIG`].
    pub failed_field: u32,
    /// In: 0.
    pub pad: u32,
    /// In: 0.
    pub reserved: [u64; 6],
}

/// Softirq serves the core, as without KBP.
pub const CORE_OFF: u32 = 0;
/// The thread was created and has not taken the core yet.
pub const CORE_STARTING: u32 = 1;
/// The thread polls.
pub const CORE_POLLING: u32 = 2;
/// A window or an adaptive sleep; a packet wakes the thread.
pub const CORE_SLEEPING: u32 = 3;
/// The thread is giving the core back for good.
pub const CORE_DRAINING: u32 = 4;
/// Given back to softirq for a while.
pub const CORE_YIELDED: u32 = 5;

/// Not yielded.
pub const YIELD_NONE: u32 = 0;
/// A livepatch transition is pending for the thread.
pub const YIELD_PATCH: u32 = 1;
/// The hooks are not in effect.
pub const YIELD_HOOKS: u32 = 2;
/// The core is offline.
pub const YIELD_OFFLINE: u32 = 3;
/// The system is going to sleep.
pub const YIELD_SUSPEND: u32 = 4;
/// The poller did not come round.
pub const YIELD_RESCUE: u32 = 5;

/// Buckets of a [`Histogram`].
pub const BUCKETS: u32 = 32;

/// Times in powers of two; see `struct kbp_histogram`.
#[repr(C)]
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Histogram {
    /// `counts[0]`: 0 ns; `counts[i]`: from `2^(i-1)` to below `2^i` ns.
    pub counts: [u64; BUCKETS as usize],
}

/// Per-core counters: 0 when the module is loaded, never going back.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Counters {
    /// Rounds of the poll loop.
    pub cycles: u64,
    /// Rounds that found nothing to do.
    pub empty_cycles: u64,
    /// NAPI polls.
    pub polls: u64,
    /// Sum of what the polls returned.
    pub packets: u64,
    /// Time in rounds that found something to do.
    pub busy_ns: u64,
    /// Time in rounds that did not, and between rounds.
    pub idle_ns: u64,
    /// Time in housekeeping windows.
    pub window_ns: u64,
    /// Time in adaptive sleeps.
    pub sleep_ns: u64,
    /// Time given back to softirq by the thread itself.
    pub yielded_ns: u64,
    /// Longest time with bottom halves held off.
    pub longest_guard_ns: u64,
    /// Longest time between two rounds, windows and sleeps included.
    pub longest_gap_ns: u64,
    /// Housekeeping windows taken.
    pub windows: u64,
    /// Windows cut short by a packet.
    pub window_wakeups: u64,
    /// Adaptive sleeps.
    pub sleeps: u64,
    /// Adaptive sleeps ended by a packet.
    pub sleep_wakeups: u64,
    /// Rounds that armed the interrupts of masked NAPIs again.
    pub releases: u64,
    /// Polls of NAPIs whose interrupt stays off.
    pub held_polls: u64,
    /// Pending NET_RX softirqs the poller took over.
    pub absorbed: u64,
    /// NET_RX softirqs that a hook did not let be raised.
    pub raises: u64,
    /// Times given back: a livepatch transition was pending.
    pub yields_patch: u64,
    /// Times given back: the hooks were not in effect.
    pub yields_hooks: u64,
    /// Times given back: the system went to sleep.
    pub yields_suspend: u64,
    /// Times given back: the core went offline.
    pub yields_offline: u64,
    /// Times taken away: the poller did not come round.
    pub rescues: u64,
    /// RCU quiescent states reported from the loop.
    pub quiescent_states: u64,
    /// Rounds cut by the packet or time budget.
    pub squeezed: u64,
    /// Polls of NAPIs beyond the KBP_NAPIS that have a record.
    pub untracked_polls: u64,
    /// 0.
    pub reserved: [u64; 5],
}

/// Argument of [`IOC_CORE_STATUS`].
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct CoreStatus {
    /// In: [`ABI_VERSION`].
    pub abi_version: u32,
    /// In: the core to look at.
    pub core: u32,
    /// Out: `CORE_*`.
    pub state: u32,
    /// Out: `YIELD_*` while [`CORE_YIELDED`].
    pub yield_reason: u32,
    /// Out: pid of the thread, 0 when there is none.
    pub thread_pid: i32,
    /// Out: what an adaptive poller spins for at present.
    pub spin_us: u32,
    /// Out.
    pub config: CoreConfig,
    /// Out.
    pub counters: Counters,
    /// Out: how long NAPIs waited for their poll.
    pub delay: Histogram,
    /// Out: times with bottom halves held off, with work.
    pub guard: Histogram,
    /// Out: when the last rescue was (CLOCK_MONOTONIC), 0: never.
    pub rescue_ns: u64,
    /// Out: who had the core then.
    pub rescue_pid: i32,
    /// In: 0.
    pub pad: u32,
    /// Out: its name, NUL-terminated.
    pub rescue_comm: [u8; 16],
}

/// NAPIs that have a record, per core.
pub const NAPIS: u32 = 32;
/// Its interrupt is off.
pub const NAPI_HELD: u32 = 1 << 0;
/// The core's backlog.
pub const NAPI_BACKLOG: u32 = 1 << 1;

/// Argument of [`IOC_NAPI_STATUS`].
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct NapiStatus {
    /// In: [`ABI_VERSION`].
    pub abi_version: u32,
    /// In: the core to look at.
    pub core: u32,
    /// In: below [`NAPIS`].
    pub index: u32,
    /// Out: 0 when it has none.
    pub napi_id: u32,
    /// Out: its device, 0 when it has none.
    pub ifindex: i32,
    /// Out: `NAPI_*`, as of its last poll.
    pub flags: u32,
    /// Out: NAPI polls.
    pub polls: u64,
    /// Out: packets.
    pub packets: u64,
    /// Out: polls that used up its weight.
    pub exhausted: u64,
    /// Out: longest wait for a poll.
    pub longest_delay_ns: u64,
    /// Out: how long it waited for its polls.
    pub delay: Histogram,
}

const fn ioc(dir: u32, nr: u32, size: usize) -> u32 {
    (dir << 30) | ((size as u32) << 16) | (0xBB << 8) | nr
}

/// Asks for [`Info`].
pub const IOC_INFO: u32 = ioc(2, 0, core::mem::size_of::<Info>());
/// Enables the cores of a [`Change`].
pub const IOC_ENABLE: u32 = ioc(3, 1, core::mem::size_of::<Change>());
/// Disables the cores of a [`Change`].
pub const IOC_DISABLE: u32 = ioc(3, 2, core::mem::size_of::<Change>());
/// Asks for a [`CoreStatus`].
pub const IOC_CORE_STATUS: u32 = ioc(3, 3, core::mem::size_of::<CoreStatus>());
/// Sets the configuration of the cores of a [`Change`].
pub const IOC_CONFIGURE: u32 = ioc(3, 4, core::mem::size_of::<Change>());
/// Asks for a [`NapiStatus`].
pub const IOC_NAPI_STATUS: u32 = ioc(3, 5, core::mem::size_of::<NapiStatus>());
