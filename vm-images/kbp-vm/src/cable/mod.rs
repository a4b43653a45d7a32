// SPDX-License-Identifier: GPL-2.0
//! The host ends of a guest's NICs: whole Ethernet frames in and out.

mod dgram;
mod port;
mod responder;
mod switched;
mod tap;

use std::fmt::Debug;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Nic;
use crate::error::{Error, Result};
use crate::switch::Switch;

pub use dgram::Dgram;
pub use port::{Held, Port};
pub use responder::answer;
pub use switched::Switched;
pub use tap::Tap;

/// What went over a cable, seen from the host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames sent to the guest.
    pub sent: u64,
    /// Frames received from the guest.
    pub received: u64,
    /// Frames that could not be sent.
    pub failed: u64,
}

/// The host end of a cable.
pub trait Cable: Debug + Send + Sync {
    /// Sends one frame. It waits while the guest's end is full.
    fn send(&self, frame: &[u8]) -> io::Result<()>;

    /// Receives one frame into `buffer` and gives its length, or `None` when `limit` is over.
    fn recv(&self, buffer: &mut [u8], limit: Duration) -> io::Result<Option<usize>>;

    /// What went over it so far.
    fn stats(&self) -> Stats;
}

/// A cable and what QEMU must be told about it.
pub(crate) struct End {
    pub(crate) cable: Arc<dyn Cable>,
    pub(crate) args: Vec<String>,
}

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
    let in_namespace = |nic: &Nic| !matches!(nic, Nic::Cable { queues: 0 | 1 });
    if nics.iter().any(in_namespace) {
        tap::isolate()?;
    }
    let mut cables = Cables::default();
    for (n, nic) in nics.iter().enumerate() {
        let end = match *nic {
            Nic::Cable { queues: 0 | 1 } => dgram::make(n, dir)?,
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

/// The MAC address of the guest's `eth<n>`: locally administered, then "kbp".
pub fn guest_mac(n: usize) -> [u8; 6] {
    [0x02, b'k', b'b', b'p', 1, n as u8]
}

/// The MAC address of the host's end of that cable.
pub fn host_mac(n: usize) -> [u8; 6] {
    [0x02, b'k', b'b', b'p', 0, n as u8]
}

/// The IPv4 address of the guest's `eth<n>`; its network is a /24.
pub fn guest_ip(n: usize) -> [u8; 4] {
    [10, 77, n as u8, 2]
}

/// The IPv4 address of the host's end of that cable.
pub fn host_ip(n: usize) -> [u8; 4] {
    [10, 77, n as u8, 1]
}

/// A MAC address as QEMU and the kernel write it.
pub(crate) fn mac_text(mac: [u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}
