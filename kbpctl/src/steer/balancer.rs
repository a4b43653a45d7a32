// SPDX-License-Identifier: GPL-2.0
//! irqbalance, which places interrupts anew every ten seconds: it is told to leave some alone.
//!
//! It answers at a socket of its own (irqbalance-ui(1)). What it is told there it forgets when it
//! ends. `settings ban irqs` takes the place of what was said before, so the list is read first.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::host::processes;
use crate::sys::System;

/// Where its sockets are.
const FOLDER: &str = "/run/irqbalance";

/// The longest list that each of its versions reads whole, in bytes; of a longer one it would forget what
/// others told it.
const LONGEST: usize = 250;

/// Whether it can be told.
pub(crate) enum Balancer {
    /// It does not run.
    Absent,
    /// It runs, and cannot be told, for this reason.
    Deaf(String),
    Listens(Listener),
}

/// One that listens.
pub(crate) struct Listener {
    socket: PathBuf,
    /// What it leaves alone.
    banned: BTreeSet<u32>,
}

/// Looks for it.
pub(crate) fn find(sys: &dyn System) -> Balancer {
    match listener(sys) {
        Ok(Some(listener)) => Balancer::Listens(listener),
        Ok(None) if processes::runs(sys, "irqbalance") => {
            Balancer::Deaf(format!("it has no socket in {FOLDER}"))
        }
        Ok(None) => Balancer::Absent,
        Err(error) => Balancer::Deaf(error.to_string()),
    }
}

impl Listener {
    /// Those of them that it does not leave alone yet.
    pub(crate) fn news(&self, irqs: impl Iterator<Item = u32>) -> Vec<u32> {
        irqs.filter(|irq| !self.banned.contains(irq)).collect()
    }

    /// Has it leave these alone, too, and looks whether it took the whole list.
    pub(crate) fn ban(&self, sys: &dyn System, news: &[u32]) -> io::Result<()> {
        let all: BTreeSet<u32> = self.banned.iter().chain(news).copied().collect();
        say(sys, &self.socket, &all)?;
        match banned(&sys.ask(&self.socket, "setup")?)?.is_superset(&all) {
            true => Ok(()),
            false => Err(io::Error::other("it took only a part of the list")),
        }
    }
}

/// Lets it have these again. Where it does not run any more, it has them.
pub(crate) fn allow(sys: &dyn System, irqs: &[u32]) -> io::Result<()> {
    if irqs.is_empty() {
        return Ok(());
    }
    let Some(mut listener) = listener(sys)? else {
        return Ok(());
    };
    listener.banned.retain(|irq| !irqs.contains(irq));
    say(sys, &listener.socket, &listener.banned)
}

/// The one that answers: one that was killed leaves its socket.
fn listener(sys: &dyn System) -> io::Result<Option<Listener>> {
    let names = sys.list(Path::new(FOLDER)).unwrap_or_default();
    let mut refused = None;
    for name in names.iter().filter(|name| name.ends_with(".sock")) {
        let socket = Path::new(FOLDER).join(name);
        match sys.ask(&socket, "setup") {
            Ok(answer) => {
                let banned = banned(&answer)?;
                return Ok(Some(Listener { socket, banned }));
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => refused = Some(error),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// `SLEEP 10 IRQ 25 LOAD 0 DIFF 0 CLASS 0 IRQ ... BANNED 0000`: of interrupts, those that it leaves.
fn banned(answer: &str) -> io::Result<BTreeSet<u32>> {
    if !answer.starts_with("SLEEP ") {
        return Err(io::Error::other("what it answers cannot be understood"));
    }
    let mut words = answer.split_whitespace();
    let mut banned = BTreeSet::new();
    while let Some(word) = words.next() {
        if word == "IRQ" {
            banned.extend(words.next().and_then(|irq| irq.parse::<u32>().ok()));
        }
    }
    Ok(banned)
}

fn say(sys: &dyn System, socket: &Path, irqs: &BTreeSet<u32>) -> io::Result<()> {
    let words: Vec<String> = irqs.iter().map(u32::to_string).collect();
    let list = match words.is_empty() {
        true => "NONE".to_owned(),
        false => words.join(" "),
    };
    if list.len() > LONGEST {
        return Err(io::Error::other(format!(
            "{} interrupts are more than it reads at once",
            irqs.len()
        )));
    }
    sys.tell(socket, &format!("settings ban irqs {list}"))
}
