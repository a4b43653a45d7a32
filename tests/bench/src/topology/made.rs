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
    changes: Vec<Change>,
}

/// One change of the guest.
#[derive(Debug)]
enum Change {
    Rules,
    /// A setting, and how it was before.
    Setting(&'static str, String),
    BridgesFilter,
    Device(&'static str),
    /// A device that goes with the namespaces, after everything in them.
    Fading(&'static str),
    Container,
}

impl Made {
    /// Nothing so far.
    pub(super) fn nothing() -> Result<Made> {
        Ok(Made {
            guest: Namespace::here()?,
            namespaces: Vec::new(),
            changes: Vec::new(),
        })
    }

    /// The guest becomes a router, whose devices to come have no IPv6.
    pub(super) fn forward(&mut self) -> Result<()> {
        for name in [sysctl::NO_IPV6, sysctl::FORWARD] {
            let before = sysctl::set(name, "1")?;
            let change = before.map(|before| Change::Setting(name, before));
            self.changes.extend(change);
        }
        Ok(())
    }

    /// Loads the place's rules. This comes first: a second topology beside another one ends here,
    /// before it has changed anything.
    pub(super) fn rules(&mut self, rules: &str) -> Result<()> {
        ruleset::load(rules)?;
        self.changes.push(Change::Rules);
        // A flow that was known before would go round the new rules.
        ruleset::forget_connections()
    }

    /// Frames within a bridge pass the rules for packets, too, as Kubernetes demands.
    pub(super) fn filter_bridges(&mut self) -> Result<()> {
        // Its hooks are there as long as the module is: it must not stay for whatever comes next.
        if load_module("br_netfilter", &[])? {
            self.changes.push(Change::BridgesFilter);
        }
        Ok(())
    }

    /// Has podman start its container, with the bridge `fading`, and gives the process in it.
    pub(super) fn container(&mut self, port: u16, fading: &'static str) -> Result<String> {
        // What is there of it must go even if its start fails in the middle.
        self.fades(fading);
        self.changes.push(Change::Container);
        podman::start(port)
    }

    /// Lets dummy devices be made: without this, the first one would bring another, `dummy0`.
    pub(super) fn allow_dummies(&self) -> Result<()> {
        load_module("dummy", &["numdummies=0"]).map(drop)
    }

    /// Gives the guest a device; `kind` is what `ip` says of it.
    pub(super) fn device(&mut self, name: &'static str, kind: &str) -> Result<()> {
        self.guest.ip(&format!("link add {name} type {kind}"))?;
        self.changes.push(Change::Device(name));
        Ok(())
    }

    /// Takes note of a device of the guest that goes with the namespaces.
    pub(super) fn fades(&mut self, name: &'static str) {
        self.changes.push(Change::Fading(name));
    }

    /// Undoes everything, whatever fails; the first failure is the answer.
    pub(super) fn undo(&mut self) -> Result<()> {
        // The one next to the guest goes last, and with it its end of what fades: the kernel clears
        // namespaces in the order in which they were left.
        while self.namespaces.pop().is_some() {}
        let mut first = Ok(());
        while let Some(change) = self.changes.pop() {
            let undone = match change {
                Change::Rules => {
                    ruleset::remove("ip", "kbp_topology").and(ruleset::forget_connections())
                }
                Change::Setting(name, before) => sysctl::set(name, &before).map(drop),
                Change::BridgesFilter => {
                    delete_module(c"br_netfilter", DeleteModuleFlags::O_NONBLOCK)
                        .map_err(Error::doing("cannot unload br_netfilter"))
                }
                Change::Device(name) => self.guest.ip(&format!("link delete {name}")),
                Change::Fading(name) => wait_until_gone(name),
                Change::Container => podman::remove().and(ruleset::forget_connections()),
            };
            first = first.and(undone);
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
