// SPDX-License-Identifier: GPL-2.0
//! What the kernel in memory is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_napi_status};
use kbp_verify::Report;
use nix::libc;

use super::{kbp, Fake, BUILD_ID, RECORD};
use crate::sys::channels::{Channels, Counts};
use crate::sys::coalescing::Coalescing;
use crate::sys::rings::Rings;
use crate::sys::Event;

/// An ELF note with a build id of four bytes.
const NOTES: &str = "\u{4}\0\0\0\u{4}\0\0\0\u{3}\0\0\0GNU\0fake";

/// The livepatch: `since` is when its transition began, `None` when it is over.
#[derive(Clone, Copy)]
pub(crate) struct Patch {
    pub(crate) enabled: bool,
    pub(crate) since: Option<Duration>,
}

/// The state, open to the tests.
pub(crate) struct Machine {
    pub(crate) files: BTreeMap<PathBuf, String>,
    /// Those of them that nobody may write, root neither.
    pub(crate) read_only: BTreeSet<PathBuf>,
    /// Those that are no text.
    pub(crate) bytes: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) modules: BTreeSet<String>,
    pub(crate) patch: Option<Patch>,
    /// What kbp.ko says of each core.
    pub(crate) cores: BTreeMap<u32, kbp_core_status>,
    pub(crate) napis: BTreeMap<u32, Vec<kbp_napi_status>>,
    /// What each poller polls while time passes, in rounds that take half of it.
    pub(crate) packets_per_s: u64,
    /// The threads of these cores do not end.
    pub(crate) endless: BTreeSet<u32>,
    /// Interfaces by their other names.
    pub(crate) other_names: BTreeMap<String, String>,
    /// The channels of NICs; of others the driver has none.
    pub(crate) channels: BTreeMap<String, Channels>,
    /// What else ethtool shows of NICs; of others the driver does not say.
    pub(crate) coalescing: BTreeMap<String, Coalescing>,
    pub(crate) rings: BTreeMap<String, Rings>,
    /// The gaps that a thread on any core sees.
    pub(crate) gaps_ns: Vec<u64>,
    /// What the driver writes when its number of channels is changed.
    pub(crate) spreads: Vec<(PathBuf, String)>,
    /// Who else changes the number of channels, by the time of it.
    pub(crate) late_channels: Vec<(Duration, &'static str, Counts)>,
    /// What the kernel will say by itself, by the time of it.
    pub(crate) events: Vec<(Duration, Event)>,
    /// Files that come later, by the time of it.
    pub(crate) late: Vec<(Duration, PathBuf, String)>,
    pub(crate) suspended: bool,
    /// The interrupts that irqbalance leaves alone; `None`: it does not run.
    pub(crate) balancer: Option<BTreeSet<u32>>,
    /// What it does before it hears: this interrupt goes to these cores.
    pub(crate) balancer_moves: Option<(u32, &'static str)>,
    /// Files whose writes fail, and the errno.
    pub(crate) refuse_writes: Vec<(PathBuf, i32)>,
    /// The step, the field and the errno with which the next enable or configure fails.
    pub(crate) refuse: Option<(u32, u32, i32)>,
    pub(crate) offline: BTreeSet<u32>,
    pub(crate) abi_version: u32,
    /// Hooks never become live although the patch is enabled.
    pub(crate) hooks_dead: bool,
    /// A transition in this direction never ends.
    pub(crate) stuck: Option<bool>,
    pub(crate) capabilities: (bool, bool),
    pub(crate) locked_by: Option<u32>,
    /// errno for the next calls of an operation: "insert kbp", "delete kbp", "enable", ...; or for
    /// reads of the file so named.
    pub(crate) fail: BTreeMap<&'static str, (i32, u32)>,
    /// The operation of which the first call does well and the others fail, and the errno.
    pub(crate) fail_later: Option<(&'static str, i32)>,
    /// Changes until the kill.
    pub(crate) kill_after: Option<u32>,
    /// What the analysis of any image says; `None`: that it is no kernel.
    pub(crate) report: Option<Report>,
    /// The kernel's log.
    pub(crate) kernel_log: Vec<String>,
    pub(crate) log: Vec<String>,
    /// What was said meanwhile.
    pub(crate) said: Vec<String>,
    /// What the system's log has.
    pub(crate) logged: Vec<String>,
    /// What others do once a process is alone, and the command that began it has ended.
    pub(crate) meanwhile: Option<Meanwhile>,
    /// Somebody asks the process that is alone to end.
    pub(crate) asked_to_end: bool,
    /// For how long the machine has slept.
    pub(crate) slept: Duration,
    pub(super) now: Duration,
}

/// See [`Machine::meanwhile`].
pub(crate) type Meanwhile = Box<dyn FnOnce(&Fake)>;

impl Machine {
    /// Four cores, all online, modules in /lib/kbp, nothing loaded; the kernel was found fit.
    pub(super) fn new() -> Machine {
        let record = format!(
            r#"{{"schema":"kbp.verify/1","kbp_version":"{}","build_id":"{BUILD_ID}","verdict":"ok"}}"#,
            env!("CARGO_PKG_VERSION")
        );
        let mut files = BTreeMap::new();
        for (path, text) in [
            ("/run", ""),
            ("/lib/kbp/kbp.ko", ""),
            ("/lib/kbp/kbp_livepatch.ko", ""),
            ("/sys/devices/system/cpu/possible", "0-3\n"),
            ("/sys/devices/system/cpu/online", "0-3\n"),
            ("/sys/kernel/notes", NOTES),
            (RECORD, &record),
        ] {
            files.insert(PathBuf::from(path), text.to_owned());
        }
        Machine {
            files,
            read_only: BTreeSet::new(),
            bytes: BTreeMap::new(),
            modules: BTreeSet::new(),
            patch: None,
            cores: (0..4).map(|core| (core, kbp::off(core))).collect(),
            napis: BTreeMap::new(),
            endless: BTreeSet::new(),
            other_names: BTreeMap::new(),
            packets_per_s: 0,
            channels: BTreeMap::new(),
            coalescing: BTreeMap::new(),
            rings: BTreeMap::new(),
            gaps_ns: Vec::new(),
            spreads: Vec::new(),
            late_channels: Vec::new(),
            events: Vec::new(),
            late: Vec::new(),
            suspended: false,
            balancer: None,
            balancer_moves: None,
            refuse_writes: Vec::new(),
            refuse: None,
            offline: BTreeSet::new(),
            abi_version: abi::KBP_ABI_VERSION,
            hooks_dead: false,
            stuck: None,
            capabilities: (true, true),
            locked_by: None,
            fail: BTreeMap::new(),
            fail_later: None,
            kill_after: None,
            report: None,
            kernel_log: Vec::new(),
            log: Vec::new(),
            said: Vec::new(),
            logged: Vec::new(),
            meanwhile: None,
            asked_to_end: false,
            slept: Duration::ZERO,
            now: Duration::ZERO,
        }
    }

    pub(super) fn hooks_live(&self) -> bool {
        let whole = self
            .patch
            .is_some_and(|patch| patch.enabled && patch.since.is_none());
        whole && !self.hooks_dead
    }

    pub(super) fn write_enabled(&mut self, value: bool) -> Result<(), i32> {
        let now = self.now;
        let patch = self.patch.as_mut().ok_or(libc::ENOENT)?;
        if patch.enabled == value || (value && patch.since.is_none()) {
            return Err(libc::EINVAL);
        }
        *patch = Patch {
            enabled: value,
            since: Some(now),
        };
        if !value {
            // kbp.ko gives its cores back when the hooks go.
            self.cores
                .values_mut()
                .for_each(|core| core.state = abi::KBP_CORE_OFF);
        }
        Ok(())
    }
}
