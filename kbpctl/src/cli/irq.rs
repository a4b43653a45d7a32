// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl irq`.

use clap::{Args, Subcommand};

use super::Wait;
use crate::complete;

/// The verbs of `irq`.
#[derive(Debug, Subcommand)]
pub(crate) enum Irq {
    /// Show the interrupts of NICs, the cores they go to, and who serves those
    Show(IrqShow),
    /// Bring the receive interrupts of NICs to cores: all of them, or none
    Pin(IrqPin),
    /// Let interrupts go where they went before kbpctl moved them
    Restore(IrqRestore),
    /// Keep interrupts where kbpctl brought them, until a signal ends it; for kbp-watch.service
    Watch,
}

impl Irq {
    /// Whether to say what would be done instead of doing it.
    pub(super) fn dry_run(&self) -> bool {
        match self {
            Irq::Show(_) | Irq::Watch => false,
            Irq::Pin(pin) => pin.wait.dry_run,
            Irq::Restore(restore) => restore.wait.dry_run,
        }
    }
}

/// Arguments of `irq show`.
#[derive(Debug, Args)]
pub(crate) struct IrqShow {
    /// Interfaces, or what stands on them, such as a bond [default: every NIC]
    #[arg(value_name = "INTERFACE", add = complete::interfaces())]
    pub(crate) interfaces: Vec<String>,
    /// Show the interrupts that do not receive, too
    #[arg(long)]
    pub(crate) all: bool,
}

/// Arguments of `irq pin`.
#[derive(Debug, Args)]
pub(crate) struct IrqPin {
    /// Interfaces, or what stands on them, such as a bond
    #[arg(value_name = "INTERFACE", required = true, add = complete::interfaces())]
    pub(crate) interfaces: Vec<String>,
    /// Cores like 2,3 or 2-5,8, or numa:0, isolated, nohz: the first queue goes to the first of
    /// them, and so on
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: String,
    /// Allow cores of another NUMA node than the NIC's
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) queues: Queues,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// The queues of NICs whose interrupts are moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Args)]
pub(crate) struct Queues {
    /// First have each NIC use so many receive queues, as ethtool -L does
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) channels: Option<u32>,
    /// Have the core of each receive queue send by the transmit queue beside it (XPS)
    #[arg(long)]
    pub(crate) xps: bool,
}

/// Arguments of `irq restore`.
#[derive(Debug, Args)]
pub(crate) struct IrqRestore {
    /// Interfaces, or what stands on them [default: all that kbpctl moved]
    #[arg(value_name = "INTERFACE", add = complete::interfaces())]
    pub(crate) interfaces: Vec<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
}
