// SPDX-License-Identifier: GPL-2.0
//! A look at the machine: which cores are meant, what feeds them, and what the kernel counted in a
//! while.

use std::path::Path;
use std::time::Duration;

use kbp_uapi::{kbp_core_set, kbp_core_status};
use schemars::JsonSchema;
use serde::Serialize;

use super::sample::{Sample, Span};
use super::task::Task;
use crate::cores::device;
use crate::cores::list;
use crate::cores::mask;
use crate::cores::saved;
use crate::cores::select;
use crate::error::Result;
use crate::nic::card::{Card, Interrupt};
use crate::sys::System;

/// Whence it is known which cores are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// `--cores`.
    Named,
    /// KBP serves them.
    Served,
    /// They are in the saved state.
    Saved,
    /// Receive interrupts of NICs go to them.
    Fed,
}

impl Origin {
    /// In words.
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Origin::Named => "as named",
            Origin::Served => "enabled",
            Origin::Saved => "saved, not enabled",
            Origin::Fed => "where NICs' interrupts go; KBP has no core",
        }
    }
}

/// The machine, as it was during a while.
pub(crate) struct Look<'a> {
    pub(crate) sys: &'a dyn System,
    /// The cores that are looked at.
    pub(crate) cores: kbp_core_set,
    /// What kbp.ko says of each core; empty where it is not loaded, `None` where it cannot be asked.
    pub(crate) status: Option<Vec<kbp_core_status>>,
    /// The NICs that have interrupts.
    pub(crate) cards: Vec<Card>,
    pub(crate) now: Sample,
    /// A while before; where nothing is counted there is none.
    before: Option<Sample>,
}

/// The cores that are meant where none is named, and whence.
pub(crate) fn cores(
    sys: &dyn System,
    status: Option<&[kbp_core_status]>,
    cards: &[Card],
) -> (kbp_core_set, Origin) {
    let active = status.unwrap_or_default().iter();
    let active = active.filter(|core| device::is_on(core));
    let active = list::set(active.map(|status| status.core));
    let fed = || list::set(receiving(cards).flat_map(|(_, one)| one.affinity.comes_to.iter()));
    // Whether it can be read is asked by a check of its own.
    let saved = saved_cores(sys).unwrap_or_default();
    match (active.is_empty(), saved.is_empty()) {
        (false, _) => (active, Origin::Served),
        (true, false) => (saved, Origin::Saved),
        (true, true) => (fed(), Origin::Fed),
    }
}

/// The cores of the saved state.
pub(crate) fn saved_cores(sys: &dyn System) -> Result<kbp_core_set> {
    let mut cores = Vec::new();
    for set in saved::read(sys)?.sets {
        cores.extend(select::resolve(sys, &set.cores)?.iter());
    }
    Ok(list::set(cores))
}

/// What kbp.ko says of each core.
pub(crate) fn status(sys: &dyn System) -> Option<Vec<kbp_core_status>> {
    match device::info(sys).ok()? {
        None => Some(Vec::new()),
        Some(info) => {
            device::check_abi(&info).ok()?;
            device::all_cores(sys, &info).ok()
        }
    }
}

/// The chosen one of several words, such as `always [madvise] never`.
pub(crate) fn chosen(text: &str, [open, close]: [char; 2]) -> Option<&str> {
    let mut words = text.split_whitespace();
    words.find_map(|word| word.strip_prefix(open)?.strip_suffix(close))
}

fn receiving(cards: &[Card]) -> impl Iterator<Item = (&Card, &Interrupt)> {
    cards.iter().flat_map(|card| {
        let receiving = card.interrupts.iter().filter(|one| one.receives());
        receiving.map(move |one| (card, one))
    })
}

impl<'a> Look<'a> {
    /// `time`: how long it is watched; where nothing is counted, not at all.
    pub(crate) fn take(
        sys: &'a dyn System,
        cores: kbp_core_set,
        status: Option<Vec<kbp_core_status>>,
        cards: Vec<Card>,
        time: Option<Duration>,
    ) -> Look<'a> {
        let nics: Vec<String> = cards.iter().map(|card| card.interface.clone()).collect();
        let before = time.map(|time| {
            let sample = Sample::now(sys, &nics);
            sys.sleep(time);
            sample
        });
        Look {
            sys,
            cores,
            status,
            cards,
            now: Sample::now(sys, &nics),
            before,
        }
    }

    /// What came while it was watched.
    pub(crate) fn span(&self) -> Span<'_> {
        Span {
            first: self.before.as_ref().unwrap_or(&self.now),
            last: &self.now,
        }
    }

    /// How long that was.
    pub(crate) fn watched(&self) -> Duration {
        let before = self.before.as_ref().unwrap_or(&self.now);
        self.now.at.saturating_sub(before.at)
    }

    /// The trimmed text of a small file.
    pub(crate) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        let text = self.sys.read(path.as_ref()).ok()?;
        Some(text.trim().to_owned())
    }

    /// The number in a file.
    pub(crate) fn number(&self, path: &str) -> Option<i64> {
        self.text(path)?.parse().ok()
    }

    /// The receive interrupts of all NICs.
    pub(crate) fn receiving(&self) -> impl Iterator<Item = (&Card, &Interrupt)> {
        receiving(&self.cards)
    }

    /// Those of them that come to the cores that are looked at.
    pub(crate) fn feeding(&self) -> impl Iterator<Item = (&Card, &Interrupt)> {
        self.receiving().filter(|(_, one)| {
            one.affinity
                .comes_to
                .iter()
                .any(|core| self.cores.contains(core))
        })
    }

    /// The NICs below these cores; where none is, all.
    pub(crate) fn nics(&self) -> Vec<&Card> {
        let feeds = |card: &&Card| {
            let name = &card.interface;
            self.feeding().any(|(card, _)| card.interface == *name)
        };
        let feeding: Vec<&Card> = self.cards.iter().filter(feeds).collect();
        match feeding.is_empty() {
            true => self.cards.iter().collect(),
            false => feeding,
        }
    }

    /// The cores that are online and not looked at: where what is in the way may go.
    pub(crate) fn others(&self) -> kbp_core_set {
        let online = self.cores_of("/sys/devices/system/cpu/online");
        let online = online.unwrap_or_default();
        list::set(online.iter().filter(|core| !self.cores.contains(*core)))
    }

    /// The list of cores in a file of the kernel.
    pub(crate) fn cores_of(&self, path: &str) -> Option<kbp_core_set> {
        list::of_kernel(&self.text(path)?).ok()
    }

    /// The mask of cores in a file of the kernel.
    pub(crate) fn cores_of_mask(&self, path: impl AsRef<Path>) -> Option<kbp_core_set> {
        mask::parse(&self.text(path)?)
    }

    /// Whether a task may run on one of the cores; where nobody tells, it may.
    pub(crate) fn may_have(&self, task: &Task) -> bool {
        let cores = task.may_run_on(self.sys);
        cores.is_none_or(|cores| cores.iter().any(|core| self.cores.contains(core)))
    }

    /// What keeps these tasks off the cores.
    pub(crate) fn keep_away<'t>(&self, tasks: impl IntoIterator<Item = &'t Task>) -> Vec<String> {
        let others = list::print(&self.others());
        let command = |task: &Task| format!("taskset -pc {others} {}", task.tid);
        tasks.into_iter().map(command).collect()
    }

    /// The cores that are looked at and not among these.
    pub(crate) fn lacking(&self, has: &kbp_core_set) -> kbp_core_set {
        list::set(self.cores.iter().filter(|core| !has.contains(*core)))
    }

    /// Those of the cores that a poller serves, or in its absence softirq.
    pub(crate) fn served(&self) -> impl Iterator<Item = &kbp_core_status> {
        let status = self.status.as_deref().unwrap_or_default().iter();
        status.filter(|core| self.cores.contains(core.core) && device::is_served(core))
    }
}
