// SPDX-License-Identifier: GPL-2.0
//! A core's configuration: written by control, followed by the poller.

use crate::engine::{Away, IdlePolicy, IrqMode, Policy, Retry, Windows};
use crate::uapi::{kbp_core_config, KBP_IDLE_ADAPTIVE, KBP_IRQ_MASKED};
use core::sync::atomic::{AtomicI32, AtomicU32, Ordering};

/// One writer, control, under its lock. The version is raised after a change, so a poller that
/// reads in the middle of one reads again in its next round.
pub(crate) struct Config {
    version: AtomicU32,
    irq_mode: AtomicU32,
    idle_policy: AtomicU32,
    sched_policy: AtomicU32,
    nice: AtomicI32,
    spin_us: AtomicU32,
    exit_latency_us: AtomicU32,
    window_us: AtomicU32,
    spacing_us: AtomicU32,
    rescue_ms: AtomicU32,
    away: AtomicU32,
    retry_ms: AtomicU32,
    share_one_in: AtomicU32,
}

impl Config {
    /// Sets all of it.
    pub(crate) fn set(&self, config: &kbp_core_config) {
        let set = |cell: &AtomicU32, value| cell.store(value, Ordering::Relaxed);
        set(&self.irq_mode, config.irq_mode);
        set(&self.idle_policy, config.idle_policy);
        set(&self.sched_policy, config.sched_policy);
        self.nice.store(config.nice, Ordering::Relaxed);
        set(&self.spin_us, config.spin_us);
        set(&self.exit_latency_us, config.exit_latency_us);
        set(&self.window_us, config.window_us);
        set(&self.spacing_us, config.spacing_us);
        set(&self.rescue_ms, config.rescue_ms);
        set(&self.away, config.away);
        set(&self.retry_ms, config.retry_ms);
        set(&self.share_one_in, config.share_one_in);
        let version = self.version.load(Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(1), Ordering::Release);
    }

    /// All of it.
    pub(crate) fn get(&self) -> kbp_core_config {
        let get = |cell: &AtomicU32| cell.load(Ordering::Relaxed);
        kbp_core_config {
            irq_mode: get(&self.irq_mode),
            idle_policy: get(&self.idle_policy),
            sched_policy: get(&self.sched_policy),
            nice: self.nice.load(Ordering::Relaxed),
            spin_us: get(&self.spin_us),
            exit_latency_us: get(&self.exit_latency_us),
            window_us: get(&self.window_us),
            spacing_us: get(&self.spacing_us),
            rescue_ms: get(&self.rescue_ms),
            away: get(&self.away),
            retry_ms: get(&self.retry_ms),
            share_one_in: get(&self.share_one_in),
            reserved: [0; 3],
        }
    }

    /// Longest time a poller may stay away while packets wait.
    pub(crate) fn rescue_ns(&self) -> u64 {
        u64::from(self.rescue_ms.load(Ordering::Relaxed)) * 1_000_000
    }

    pub(super) fn version(&self) -> u32 {
        self.version.load(Ordering::Acquire)
    }

    pub(super) fn policy(&self) -> Policy {
        let config = self.get();
        Policy {
            irq: match config.irq_mode {
                KBP_IRQ_MASKED => IrqMode::Masked,
                _ => IrqMode::Armed,
            },
            idle: match config.idle_policy {
                KBP_IDLE_ADAPTIVE => IdlePolicy::Adaptive {
                    spin_ns: u64::from(config.spin_us) * 1_000,
                },
                _ => IdlePolicy::Spin,
            },
            away: match config.softirq_serves() {
                true => Away::Softirq,
                false => Away::Thread,
            },
            retry: Retry {
                first_ns: u64::from(config.retry_ms) * 1_000_000,
            },
            windows: Windows {
                length_ns: u64::from(config.window_us) * 1_000,
                spacing_ns: u64::from(config.spacing_us) * 1_000,
                share_one_in: config.share_one_in.into(),
            },
        }
    }
}
