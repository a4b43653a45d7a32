// SPDX-License-Identifier: GPL-2.0
//! The ways to poll.

use std::fmt::{self, Display, Formatter};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Who polls, and how the receiver waits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The NET_RX softirq. Everything is compared with it.
    Softirq,
    /// The same once more: what differs between the two is noise.
    Control,
    /// Threaded NAPI (`/sys/class/net/*/threaded`).
    Threaded,
    /// Threaded busy polling (7.x, by netlink): the NAPI's thread never sleeps.
    ThreadedBusyPoll,
    /// The receiver polls the NAPI while it waits (`SO_BUSY_POLL`).
    SoBusyPoll,
    /// Interrupts deferred (`napi_defer_hard_irqs` with `gro_flush_timeout`).
    Defer,
    /// epoll busy polling with suspended interrupts (6.13 and later).
    IrqSuspend,
    /// KBP, interrupts armed when a NAPI has run dry.
    KbpArmed,
    /// KBP, interrupts off.
    KbpMasked,
    /// KBP, armed, its poller sleeps when there has been nothing to do for a while.
    KbpAdaptive,
}

impl Mode {
    /// Every mode, those of the kernel first.
    pub const ALL: [Mode; 10] = [
        Mode::Softirq,
        Mode::Control,
        Mode::Threaded,
        Mode::ThreadedBusyPoll,
        Mode::SoBusyPoll,
        Mode::Defer,
        Mode::IrqSuspend,
        Mode::KbpArmed,
        Mode::KbpMasked,
        Mode::KbpAdaptive,
    ];

    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Softirq => "softirq",
            Mode::Control => "control",
            Mode::Threaded => "threaded",
            Mode::ThreadedBusyPoll => "threaded-busy-poll",
            Mode::SoBusyPoll => "so-busy-poll",
            Mode::Defer => "defer",
            Mode::IrqSuspend => "irq-suspend",
            Mode::KbpArmed => "kbp-armed",
            Mode::KbpMasked => "kbp-masked",
            Mode::KbpAdaptive => "kbp-adaptive",
        }
    }

    /// Whether KBP's poller has the core.
    pub fn is_kbp(self) -> bool {
        matches!(self, Mode::KbpArmed | Mode::KbpMasked | Mode::KbpAdaptive)
    }

    /// Whether it is a property of the receiver's socket, so that only a workload with a receiver
    /// that waits on a NIC of its own can show it.
    pub fn needs_waiting_receiver(self) -> bool {
        matches!(self, Mode::SoBusyPoll | Mode::IrqSuspend)
    }
}

impl Display for Mode {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
