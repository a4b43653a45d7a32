// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl irq`.

use clap::{Args, Subcommand};

use super::Wait;

/// The verbs of `irq`.
#[derive(Debug, Subcommand)]
pub(crate) enum Irq {
    /// Show the interrupts of NICs, the cores they go to, and who serves those
    Show(IrqShow),
    /// Bring the receive interrupts of NICs to cores: all of them, or none
    Pin(IrqPin),
    /// Let interrupts go where they went before kbpctl moved them
    Restore(IrqRestore),
}

impl Irq {
    /// Whether to say what would be done instead of doing it.
    pub(super) fn dry_run(&self) -> bool {
        match self {
            Irq::Show(_) => false,
            Irq::Pin(pin) => pin.wait.dry_run,
            Irq::Restore(restore) => restore.wait.dry_run,
        }
    }
}

/// Arguments of `irq show`.
#[derive(Debug, Args)]
pub(crate) struct IrqShow {
    /// Interfaces, or what stands on them, such as a bond [default: every NIC]
    #[arg(value_name = "INTERFACE")]
    pub(crate) interfaces: Vec<String>,
    /// Show the interrupts that do not receive, too
    #[arg(long)]
    pub(crate) all: bool,
}

/// Arguments of `irq pin`.
#[derive(Debug, Args)]
pub(crate) struct IrqPin {
    /// Interfaces, or what stands on them, such as a bond
    #[arg(value_name = "INTERFACE", required = true)]
    pub(crate) interfaces: Vec<String>,
    /// Cores like 2,3 or 2-5,8, or numa:0, isolated, nohz: the first queue goes to the first of them,
    /// and so on
    #[arg(long, value_name = "LIST")]
    pub(crate) cores: String,
    /// Allow cores of another NUMA node than the NIC's
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Arguments of `irq restore`.
#[derive(Debug, Args)]
pub(crate) struct IrqRestore {
    /// Interfaces, or what stands on them [default: all that kbpctl moved]
    #[arg(value_name = "INTERFACE")]
    pub(crate) interfaces: Vec<String>,
    #[command(flatten)]
    pub(crate) wait: Wait,
}
