// SPDX-License-Identifier: GPL-2.0
//! The host ends of a guest's NICs: whole Ethernet frames in and out.

mod dgram;
mod end;
pub(crate) mod nic;
mod port;
mod responder;
mod switched;
mod tap;

use std::os::fd::OwnedFd;
use std::path::Path;

use self::end::End;
use self::nic::Nic;
use crate::error::{Error, Result};
use crate::switch::Switch;

pub use crate::address::{guest_ip, guest_mac, host_ip, host_mac};
pub use dgram::Dgram;
pub use end::{Cable, Stats};
pub use port::{Held, Port};
pub use responder::answer;
pub use switched::Switched;
pub use tap::Tap;

/// All cables of a guest, in order, and the switch that some lead through.
#[derive(Default)]
pub(crate) struct Cables {
    pub(crate) ends: Vec<End>,
    pub(crate) switch: Option<Switch>,
}

/// Makes the cables of all NICs. Files that QEMU must inherit are added to `files`. The calling thread
/// may end up in another network namespace, in which QEMU must then be started. A switch comes from the
/// root in `switch_root`.
pub(crate) fn make(
    nics: &[Nic],
    dir: &Path,
    switch_root: &Path,
    files: &mut Vec<OwnedFd>,
) -> Result<Cables> {
    let made = make_all(nics, dir, switch_root, files);
    match nics.contains(&Nic::OvsDpdk) {
        true => made.map_err(Error::of_switch),
        false => made,
    }
}

fn make_all(
    nics: &[Nic],
    dir: &Path,
    switch_root: &Path,
    files: &mut Vec<OwnedFd>,
) -> Result<Cables> {
    let in_namespace = |nic: &Nic| match nic {
        Nic::Cable { queues } => *queues > 1,
        Nic::OvsDpdk => true,
        Nic::Model(_) => false,
    };
    if nics.iter().any(in_namespace) {
        tap::isolate()?;
    }
    let mut cables = Cables::default();
    for (n, nic) in nics.iter().enumerate() {
        let end = match *nic {
            Nic::Cable { queues: 0 | 1 } => dgram::make(n, dir, "virtio-net-pci")?,
            Nic::Model(model) => dgram::make(n, dir, model.name())?,
            Nic::Cable { queues } => tap::make(n, queues, files)?,
            Nic::OvsDpdk => {
                let switch = match &mut cables.switch {
                    Some(switch) => switch,
                    none => none.insert(Switch::start(switch_root, dir)?),
                };
                switched::make(n, dir, switch)?
            }
        };
        cables.ends.push(end);
    }
    Ok(cables)
}
