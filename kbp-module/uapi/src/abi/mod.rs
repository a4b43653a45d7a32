// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! `kbp.h` in Rust, under the names that it has in C, and what a header cannot say. The kernel
//! module compiles this file, too: it needs `core` only.

#[rustfmt::skip]
#[allow(
    missing_docs,
    non_camel_case_types,
    clippy::allow_attributes_without_reason,
    rustdoc::broken_intra_doc_links,
    reason = "names and comments are those of C, and bindgen sees no comments of macros"
)]
mod bindings;

pub use bindings::*;

impl kbp_core_set {
    /// Adds `core`; false (and no change) when it is not below [`KBP_MAX_CORES`].
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
        // Most words of most sets are empty.
        let used = |word: &u32| self.words[*word as usize] != 0;
        (0..KBP_CORE_WORDS)
            .filter(used)
            .flat_map(|word| word * 64..(word + 1) * 64)
            .filter(|core| self.contains(*core))
    }
}

impl Default for kbp_core_set {
    /// No core.
    fn default() -> Self {
        kbp_core_set {
            words: [0; KBP_CORE_WORDS as usize],
        }
    }
}

impl Default for kbp_core_config {
    /// What a core has before its first change.
    fn default() -> Self {
        kbp_core_config {
            irq_mode: KBP_IRQ_ARMED,
            idle_policy: KBP_IDLE_ADAPTIVE,
            sched_policy: KBP_SCHED_FIFO,
            nice: 0,
            spin_us: 200,
            exit_latency_us: KBP_EXIT_LATENCY_NONE,
            window_us: 50,
            spacing_us: 500,
            rescue_ms: 100,
            away: KBP_AWAY_AUTO,
            retry_ms: 1000,
            share_one_in: 12,
            reserved: [0; 3],
        }
    }
}

impl kbp_core_config {
    /// Whether softirq serves while the poller is away. By itself it does where nothing asks for a poller:
    /// who keeps interrupts off, or spins, wants one.
    pub fn softirq_serves(&self) -> bool {
        match self.away {
            KBP_AWAY_AUTO => {
                self.idle_policy == KBP_IDLE_ADAPTIVE && self.irq_mode == KBP_IRQ_ARMED
            }
            away => away == KBP_AWAY_SOFTIRQ,
        }
    }
}

impl kbp_change {
    /// A request about `cores` that changes no field of their configuration.
    pub fn of(cores: kbp_core_set) -> Self {
        kbp_change {
            abi_version: KBP_ABI_VERSION,
            cores,
            ..Self::default()
        }
    }
}

impl kbp_core_status {
    /// A question about `core`.
    pub fn of(core: u32) -> Self {
        kbp_core_status {
            abi_version: KBP_ABI_VERSION,
            core,
            ..Self::default()
        }
    }
}

impl kbp_napi_status {
    /// A question about the NAPI of `core` that has the record `index`.
    pub fn of(core: u32, index: u32) -> Self {
        kbp_napi_status {
            abi_version: KBP_ABI_VERSION,
            core,
            index,
            ..Self::default()
        }
    }
}
