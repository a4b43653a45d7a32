// SPDX-License-Identifier: GPL-2.0
//! What drivers of NICs do, and what the kernel says by itself.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use nix::libc;

use super::{Fake, Machine};
use crate::sys::channels::Counts;
use crate::sys::{Event, Events};

/// A driver changes the number of its queues, and places everything anew.
pub(super) fn set_channels(
    machine: &mut Machine,
    interface: &str,
    counts: &Counts,
) -> Result<(), i32> {
    let channels = machine.channels.get_mut(interface);
    channels.ok_or(libc::EOPNOTSUPP)?.now = *counts;
    let folder = PathBuf::from(format!("/sys/class/net/{interface}/queues"));
    for (kind, count) in [("rx", counts.rx), ("tx", counts.tx)] {
        let names: Vec<PathBuf> = (0..counts.combined + count)
            .map(|queue| folder.join(format!("{kind}-{queue}")))
            .collect();
        machine.files.retain(|path, _| {
            let is_of_kind =
                path.starts_with(&folder) && path.to_string_lossy().contains(&format!("/{kind}-"));
            !is_of_kind || names.iter().any(|name| path.starts_with(name))
        });
        for name in names {
            let file = name.join(if kind == "rx" { "rps_cpus" } else { "xps_cpus" });
            machine.files.entry(file).or_insert("0\n".to_owned());
        }
    }
    let spreads = machine.spreads.clone();
    let there = |(path, _): &(PathBuf, String)| machine.files.contains_key(path);
    let spreads: Vec<_> = spreads.into_iter().filter(there).collect();
    machine.files.extend(spreads);
    Ok(())
}

/// What others do of that comes when it is due.
pub(super) fn settle(machine: &mut Machine) {
    let now = machine.now;
    let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut machine.late_channels)
        .into_iter()
        .partition(|(at, ..)| *at <= now);
    machine.late_channels = later;
    for (_, interface, counts) in due {
        set_channels(machine, interface, &counts).expect("a NIC whose driver has channels");
    }
}

/// What the kernel of a test says by itself, and when.
pub(super) struct Script<'a>(pub(super) &'a Fake);

impl Events for Script<'_> {
    fn wait(&mut self, longest: Duration) -> io::Result<Vec<Event>> {
        let mut machine = self.0 .0.borrow_mut();
        let events = &mut machine.events;
        let next = events.iter().map(|(at, _)| *at).min();
        let next = next.expect("a watch of a test has an end");
        let end = machine.now + longest;
        machine.now = next.clamp(machine.now, end);
        let now = machine.now;
        let (come, later) = std::mem::take(&mut machine.events)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        machine.events = later;
        let come: Vec<(Duration, Event)> = come;
        Ok(come.into_iter().map(|(_, event)| event).collect())
    }
}
