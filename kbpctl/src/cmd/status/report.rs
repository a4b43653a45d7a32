// SPDX-License-Identifier: GPL-2.0
//! The document `kbp.status/2`.

use kbp_uapi::kbp_core_set;
use schemars::JsonSchema;
use serde::Serialize;

use super::one_core::Core;
use super::saved::{Fault, Saved};
use super::unseen::Unseen;
use crate::canary;
use crate::cores::list;
use crate::host::blockers::Blocker;
use crate::host::newest::Newest;
use crate::nic::card::Card;

#[derive(Serialize, JsonSchema)]
pub(super) struct Report {
    pub(super) schema: &'static str,
    /// `None`: this caller is not told.
    pub(super) active_cores: Option<u32>,
    pub(super) unseen: Option<Unseen>,
    pub(super) module: Module,
    pub(super) kernel: Kernel,
    pub(super) livepatch: Patch,
    pub(super) saved: Option<Saved>,
    pub(super) saved_fault: Option<Fault>,
    /// A change that waits to be confirmed, or what became of it.
    pub(super) canary: Option<canary::State>,
    pub(super) cores: Vec<Core>,
    pub(super) receive_interrupts: Vec<Nic>,
    pub(super) threaded_devices: Vec<String>,
    pub(super) newest_kernel: Option<Newest>,
    pub(super) died_at_boot: Option<String>,
    pub(super) note: Option<&'static str>,
}

/// A NIC with receive interrupts, and the cores to which those go.
#[derive(Serialize, JsonSchema)]
pub(super) struct Nic {
    pub(super) device: String,
    /// As the kernel writes lists.
    pub(super) cores: String,
    pub(super) interrupts: Vec<Receiving>,
    #[serde(skip)]
    pub(super) set: kbp_core_set,
}

/// One of these interrupts.
#[derive(Serialize, JsonSchema)]
pub(super) struct Receiving {
    irq: String,
    pub(super) queue: String,
    cores: String,
    #[serde(skip)]
    pub(super) set: kbp_core_set,
}

impl Nic {
    pub(super) fn new(card: Card) -> Nic {
        let receiving = card.interrupts.iter().filter(|one| one.receives());
        let interrupts: Vec<Receiving> = receiving
            .map(|interrupt| Receiving {
                irq: interrupt.irq.clone(),
                queue: interrupt.queue_name(),
                cores: list::print(&interrupt.affinity.comes_to),
                set: interrupt.affinity.comes_to,
            })
            .collect();
        let set = list::set(interrupts.iter().flat_map(|one| one.set.iter()));
        Nic {
            device: card.interface,
            cores: list::print(&set),
            interrupts,
            set,
        }
    }
}

/// The running kernel.
#[derive(Serialize, JsonSchema)]
pub(super) struct Kernel {
    pub(super) release: String,
    /// Whether `kbpctl verify` of this release of KBP has found it fit, and that is written down.
    pub(super) verified: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Module {
    pub(super) loaded: bool,
    pub(super) version: Option<String>,
    pub(super) abi_version: Option<u32>,
    pub(super) abi_supported: bool,
    pub(super) suspended: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Patch {
    pub(super) state: &'static str,
    pub(super) hooks_live: bool,
    pub(super) held_back_by: Vec<Blocker>,
    pub(super) replaced_by: Vec<String>,
}
