// SPDX-License-Identifier: GPL-2.0
//! All that a topology has changed in the guest, and how it is undone.

use std::path::Path;
use std::time::Duration;

use nix::kmod::{delete_module, DeleteModuleFlags};
use nix::net::if_::if_nametoindex;

use super::namespace::Namespace;
use super::{podman, ruleset, sysctl};
use crate::guest::program;
use crate::guest::wait::until;
use crate::{Error, Result};

/// How long the kernel may take to clear away what was in a namespace: it does so in the
/// background, and an emulated machine on a busy host is slow.
const CLEARED_WITHIN: Duration = Duration::from_secs(60);

/// What there is to undo.
#[derive(Debug)]
pub(super) struct Made {
    /// The guest's own namespace, which stays.
    pub(super) guest: Namespace,
    /// From the entry to the receiver.
    pub(super) namespaces: Vec<Namespace>,
    /// A device of the guest that goes with the namespaces, after everything in them.
    pub(super) fading: Option<&'static str>,
    devices: Vec<&'static str>,
    sysctls: sysctl::Changed,
    rules: bool,
    bridges_filter: bool,
    container: bool,
}

impl Made {
    /// Nothing so far.
    pub(super) fn nothing() -> Result<Made> {
        Ok(Made {
            guest: Namespace::here()?,
            namespaces: Vec::new(),
            fading: None,
            devices: Vec::new(),
            sysctls: sysctl::Changed::default(),
            rules: false,
            bridges_filter: false,
            container: false,
        })
    }

    /// The guest becomes a router, whose devices to come have no IPv6.
    pub(super) fn forward(&mut self) -> Result<()> {
        self.sysctls.set(sysctl::NO_IPV6, "1")?;
        self.sysctls.set(sysctl::FORWARD, "1")
    }

    /// Loads the place's rules. This comes first: a second topology beside another one ends here,
    /// before it has changed anything.
    pub(super) fn rules(&mut self, rules: &str) -> Result<()> {
        ruleset::load(rules)?;
        self.rules = true;
        // A flow that was known before would go round the new rules.
        ruleset::forget_connections()
    }

    /// Frames within a bridge pass the rules for packets, too, as Kubernetes demands.
    pub(super) fn filter_bridges(&mut self) -> Result<()> {
        // Its hooks are there as long as the module is: it must not stay for whatever comes next.
        self.bridges_filter |= load_module("br_netfilter", &[])?;
        Ok(())
    }

    /// Has podman start its container and gives the process in it.
    pub(super) fn container(&mut self, port: u16) -> Result<String> {
        // What is there of it must go even if its start fails in the middle.
        self.container = true;
        podman::start(port)
    }

    /// Lets dummy devices be made: without this, the first one would bring another, `dummy0`.
    pub(super) fn allow_dummies(&self) -> Result<()> {
        load_module("dummy", &["numdummies=0"]).map(drop)
    }

    /// Gives the guest a device; `kind` is what `ip` says of it.
    pub(super) fn device(&mut self, name: &'static str, kind: &str) -> Result<()> {
        self.guest.ip(&format!("link add {name} type {kind}"))?;
        self.devices.push(name);
        Ok(())
    }

    /// Undoes everything, whatever fails; the first failure is the answer.
    pub(super) fn undo(&mut self) -> Result<()> {
        let mut first = Ok(());
        let mut note = |result: Result<()>| {
            if first.is_ok() {
                first = result;
            }
        };
        if std::mem::take(&mut self.rules) {
            note(ruleset::remove());
            note(ruleset::forget_connections());
        }
        // The one next to the guest goes last, and with it its end of `fading`: the kernel clears
        // namespaces in the order in which they were left.
        while self.namespaces.pop().is_some() {}
        if std::mem::take(&mut self.container) {
            note(podman::remove());
            note(ruleset::forget_connections());
        }
        if let Some(name) = self.fading.take() {
            note(wait_until_gone(name));
        }
        while let Some(name) = self.devices.pop() {
            note(self.guest.ip(&format!("link delete {name}")));
        }
        if std::mem::take(&mut self.bridges_filter) {
            note(
                delete_module(c"br_netfilter", DeleteModuleFlags::O_NONBLOCK)
                    .map_err(Error::doing("cannot unload br_netfilter")),
            );
        }
        while let Some(restored) = self.sysctls.restore_one() {
            note(restored);
        }
        first
    }
}

fn wait_until_gone(device: &str) -> Result<()> {
    match until(CLEARED_WITHIN, || if_nametoindex(device).is_err()) {
        true => Ok(()),
        false => Err(Error::Other(format!(
            "{device} is still there after {CLEARED_WITHIN:?}: something holds the namespaces behind it"
        ))),
    }
}

/// Loads a module. False when it was there before.
fn load_module(name: &str, parameters: &[&str]) -> Result<bool> {
    if Path::new("/sys/module").join(name).exists() {
        return Ok(false);
    }
    program::run("modprobe", &[&[name], parameters].concat(), "").map(|_| true)
}
