// SPDX-License-Identifier: GPL-2.0
//! The ways to poll.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumCount, IntoStaticStr, VariantArray};

/// Who polls, and how the receiver waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(ValueEnum, Display, IntoStaticStr, EnumCount, VariantArray)]
#[strum(serialize_all = "kebab-case")]
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
    /// KBP in reserve: softirq polls while the poller sleeps, and the poller when that does not get
    /// through.
    KbpReserve,
}

impl Mode {
    /// Every mode, those of the kernel first.
    pub const ALL: [Mode; Mode::COUNT] = *Mode::VARIANTS.first_chunk().unwrap();

    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether KBP's poller has the core.
    pub fn is_kbp(self) -> bool {
        matches!(
            self,
            Mode::KbpArmed | Mode::KbpMasked | Mode::KbpAdaptive | Mode::KbpReserve
        )
    }

    /// Whether it is a property of the receiver's socket, so that only a workload with a receiver
    /// that waits on a NIC of its own can show it.
    pub fn needs_waiting_receiver(self) -> bool {
        matches!(self, Mode::SoBusyPoll | Mode::IrqSuspend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_json_are_the_names_in_reports() {
        for mode in Mode::ALL {
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{mode}\""));
            assert_eq!(Mode::from_str(mode.name(), false), Ok(mode));
        }
    }
}
