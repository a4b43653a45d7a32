// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! The layouts of `kbp.h`, item by item and in its order. `tests/header.rs` compares the two.

/// Version of every layout here; see `KBP_ABI_VERSION`.
pub const ABI_VERSION: u32 = 1;
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
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..MAX_CORES).filter(|core| self.contains(*core))
    }
}

/// `kbp_info.flags`: the hooks are in effect for every task.
pub const INFO_HOOKS_LIVE: u32 = 1 << 0;

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

/// `kbp_change.flags`: allow core 0 and the last core without KBP.
pub const CHANGE_FORCE: u32 = 1 << 0;

/// Argument of [`IOC_ENABLE`] and [`IOC_DISABLE`].
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
/// A housekeeping window; a packet wakes the thread.
pub const CORE_SLEEPING: u32 = 3;
/// The thread is giving the core back for good.
pub const CORE_DRAINING: u32 = 4;
/// Given back to softirq for a while.
pub const CORE_YIELDED: u32 = 5;

/// Not yielded.
pub const YIELD_NONE: u32 = 0;
/// A livepatch transition is pending for the thread.
pub const YIELD_PATCH: u32 = 1;

/// Per-core counters: 0 when the module is loaded, never going back.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Counters {
    /// Rounds of the poll loop.
    pub cycles: u64,
    /// Rounds that found no NAPI on the list.
    pub empty_cycles: u64,
    /// NAPI polls.
    pub polls: u64,
    /// Sum of what the polls returned.
    pub packets: u64,
    /// Time in rounds that polled a NAPI.
    pub busy_ns: u64,
    /// Longest time with bottom halves held off.
    pub longest_guard_ns: u64,
    /// Longest time between two rounds, windows included.
    pub longest_gap_ns: u64,
    /// Housekeeping windows taken.
    pub windows: u64,
    /// Windows cut short by a packet.
    pub window_wakeups: u64,
    /// Pending NET_RX softirqs the poller took over.
    pub absorbed: u64,
    /// Times the core was given back for a livepatch transition.
    pub yields_patch: u64,
    /// Times a hook queued work for the poller.
    pub schedules: u64,
    /// RCU quiescent states reported from the loop.
    pub quiescent_states: u64,
    /// Rounds cut by the packet or time budget.
    pub squeezed: u64,
    /// 0.
    pub reserved: [u64; 6],
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
    /// Out: pid of the thread, 0 when [`CORE_OFF`].
    pub thread_pid: i32,
    /// In: 0.
    pub pad: u32,
    /// Out.
    pub counters: Counters,
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
