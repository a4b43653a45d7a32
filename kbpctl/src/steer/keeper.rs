// SPDX-License-Identifier: GPL-2.0
//! Keeping what was asked for: a look at all of it, and what is not so is brought back. Vectors are
//! looked for by device and queue each time, never by their numbers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kbp_uapi::kbp_core_set;

use super::channels;
use super::culprit::culprit;
use super::done::Done;
use super::fights::{Answer, Fights};
use super::moves;
use super::originals::{Originals, Wanted, FILE};
use super::plan::{Move, Plan, Planned};
use super::xps::{self, Step};
use crate::cores::list;
use crate::cores::mask;
use crate::error::{Error, Exit, Result};
use crate::host::lock;
use crate::host::wait::Context;
use crate::nic::affinity::{self, SET};
use crate::nic::card::{self, Card};
use crate::nic::transmit;
use crate::output::harmless;
use crate::sys::{Event, System};

/// What is remembered from one look to the next.
#[derive(Default)]
pub(crate) struct Keeper {
    /// The file, as it was read last.
    file: Option<String>,
    /// Files of interrupts and queues, and the cores that they named when the last look was over.
    seen: Vec<(PathBuf, Option<kbp_core_set>)>,
    fights: Fights,
    /// What was in the way at the last look and is at this one: it is said once.
    said: BTreeSet<String>,
    saying: BTreeSet<String>,
    /// How much was brought back.
    pub(crate) count: usize,
}

/// How a look ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Whole,
    /// Another kbpctl is at work: look again soon.
    Busy,
}

/// One NIC at one look.
#[derive(Clone, Copy)]
struct Of<'a> {
    wanted: &'a Wanted,
    now: Duration,
    online: Option<kbp_core_set>,
    /// There is a new wish, or the kernel has said something that can be the reason of a difference.
    is_explained: bool,
}

impl Keeper {
    /// Looks, and brings back what is to be brought back. `events`: what the kernel has said since
    /// the last whole look.
    pub(crate) fn look(&mut self, context: &Context<'_>, events: &[Event]) -> Look {
        let sys = context.sys;
        let now = sys.now();
        let file = sys.read(Path::new(FILE)).ok();
        let is_news = file != self.file;
        let is_quiet = events.is_empty() && !is_news && !self.fights.is_over(now);
        if is_quiet
            && self
                .seen
                .iter()
                .all(|(file, cores)| read(sys, file) == *cores)
        {
            return Look::Whole;
        }
        // Between two kbpctl there is no telling what is wanted.
        let lock = lock::take(context, &context.deadline(Duration::ZERO));
        if lock
            .as_ref()
            .is_err_and(|error| error.exit == Exit::TimedOut)
        {
            return Look::Busy;
        }
        self.file = file;
        self.seen.clear();
        self.said = std::mem::take(&mut self.saying);
        match lock.and_then(|lock| Ok((lock, Originals::read(sys)?))) {
            Ok((_lock, originals)) => self.keep(sys, &originals, events, is_news),
            Err(error) => self.say_once(sys, &error.to_string()),
        }
        self.fights.tidy(now);
        Look::Whole
    }

    fn keep(&mut self, sys: &dyn System, originals: &Originals, events: &[Event], is_news: bool) {
        let online = list::of_file(sys, "/sys/devices/system/cpu/online");
        let cards = card::nics(sys);
        let mut plan = Plan::default();
        for wanted in &originals.wanted {
            let Some(card) = wanted.nic.among(&cards) else {
                let (interface, device) = (&wanted.nic.interface, &wanted.nic.device);
                let name = harmless(&format!("{interface} ({device})"));
                let line = format!("{name} is not here: it is looked after when it comes back");
                self.say_once(sys, &line);
                continue;
            };
            let of = Of {
                wanted,
                now: sys.now(),
                online,
                is_explained: is_news || explain(sys, events, card),
            };
            // What announces another number of queues is no reason for it.
            let of_queues = Of {
                is_explained: is_news,
                ..of
            };
            if self.keep_queues(sys, &of_queues, card) {
                // Its driver has placed all anew.
                let of = Of {
                    is_explained: true,
                    ..of
                };
                self.keep_nic(sys, &of, &Card::read(sys, &card.interface), &mut plan);
            } else {
                self.keep_nic(sys, &of, card, &mut plan);
            }
        }
    }

    /// Whether the number of queues was changed back.
    fn keep_queues(&mut self, sys: &dyn System, of: &Of<'_>, card: &Card) -> bool {
        let interface = &card.interface;
        let Some(count) = of.wanted.channels else {
            return false;
        };
        let counts = match channels::wanted(sys, interface, count) {
            Ok(None) => return false,
            Ok(Some((_, counts))) => counts,
            Err(error) => {
                self.say_once(sys, &error.to_string());
                return false;
            }
        };
        let what = format!("the number of queues of {interface}");
        if !self.is_due(sys, of, "queues", &what, None) {
            return false;
        }
        match channels::set(sys, interface, &counts) {
            Ok(()) => {
                self.count += 1;
                sys.log(&format!("{interface}: {counts} again"));
                true
            }
            Err(error) => {
                self.say_once(sys, &error.to_string());
                self.fights.failed(key(of, "queues"), of.now);
                false
            }
        }
    }

    /// `plan`: of all NICs so far; ports of one PCI function may have their vectors together.
    fn keep_nic(&mut self, sys: &dyn System, of: &Of<'_>, card: &Card, plan: &mut Plan) {
        let others = plan.moves.len();
        plan.take(sys, card, &mut of.wanted.cores.clone());
        let moves = plan.moves[others..].to_vec();
        self.keep_moves(sys, of, &moves);
        for step in &moves {
            self.remember(
                sys,
                of,
                affinity::file_of(&step.irq, SET),
                &step.vector,
                step.core,
            );
        }
        if let (true, Some(planned)) = (of.wanted.xps, plan.nics.last()) {
            self.keep_sends(sys, of, planned);
        }
    }

    fn keep_moves(&mut self, sys: &dyn System, of: &Of<'_>, moves: &[Move]) {
        let is_due = |step: &&Move| {
            let irq = &step.irq;
            let what = format!("{} IRQ {irq} ({})", step.interface, step.vector);
            let is_kept = step.is_there || !self.is_online(sys, of, step.core, &what);
            !is_kept && self.is_due(sys, of, &step.vector, &what, irq.parse().ok())
        };
        let due: Vec<Move> = moves.iter().filter(is_due).cloned().collect();
        // irqbalance is told of all of them, or it would have to move each away once.
        let there: Vec<Move> = moves.iter().filter(|step| step.is_there).cloned().collect();
        if due.is_empty() {
            return;
        }
        let Err(error) = self.bring(sys, of, &due, &there) else {
            return;
        };
        if let [only] = &due[..] {
            self.stays(sys, of, only, &error);
            return;
        }
        // One that cannot be moved keeps none of the others.
        for step in due {
            if let Err(error) = self.bring(sys, of, std::slice::from_ref(&step), &[]) {
                self.stays(sys, of, &step, &error);
            }
        }
    }

    fn stays(&mut self, sys: &dyn System, of: &Of<'_>, step: &Move, error: &Error) {
        self.say_once(sys, &error.to_string());
        self.fights.failed(key(of, &step.vector), of.now);
    }

    /// All of them, or none; beside those that are there.
    fn bring(
        &mut self,
        sys: &dyn System,
        of: &Of<'_>,
        moves: &[Move],
        there: &[Move],
    ) -> Result<()> {
        let mut plan = Plan {
            moves: [moves, there].concat(),
            ..Plan::default()
        };
        let mut done = Done::begin(sys)?;
        moves::carry_out(sys, &mut plan, Vec::new(), &mut done)?;
        self.count += done.count;
        for step in moves {
            // The others are placed by the kernel.
            if plan.moves.iter().any(|moved| moved.irq == step.irq) {
                sys.log(&harmless(&format!(
                    "{} IRQ {} ({}): to core {} again",
                    step.interface, step.irq, step.vector, step.core
                )));
            } else {
                self.fights.failed(key(of, &step.vector), of.now);
            }
        }
        for note in plan.notes {
            self.say_once(sys, &note);
        }
        Ok(())
    }

    fn keep_sends(&mut self, sys: &dyn System, of: &Of<'_>, planned: &Planned) {
        for step in xps::steps(sys, planned) {
            let (interface, queue) = (&planned.nic.interface, step.before.queue.clone());
            let file = transmit::file_of(interface, &queue);
            let core = step.core;
            let what = format!("{interface} {queue}");
            let is_kept = step.is_there || !self.is_online(sys, of, core, &what);
            if !is_kept && self.is_due(sys, of, &queue, &what, None) {
                match self.send(sys, step) {
                    Ok(()) => sys.log(&format!("{what}: core {core} sends by it again")),
                    Err(error) => {
                        self.say_once(sys, &error.to_string());
                        self.fights.failed(key(of, &queue), of.now);
                    }
                }
            }
            self.remember(sys, of, file, &queue, core);
        }
    }

    fn send(&mut self, sys: &dyn System, step: Step) -> Result<()> {
        let mut done = Done::begin(sys)?;
        xps::carry_out(sys, vec![step], &mut done)?;
        self.count += done.count;
        Ok(())
    }

    /// An interrupt whose core is off line stays where the kernel has put it.
    fn is_online(&mut self, sys: &dyn System, of: &Of<'_>, core: u32, what: &str) -> bool {
        let is_online = of.online.is_none_or(|online| online.contains(core));
        if !is_online {
            let line = format!("{what}: core {core} is off line, and is waited for");
            self.say_once(sys, &line);
        }
        is_online
    }

    /// Whether it is to be changed back now: not what somebody changes again and again.
    fn is_due(
        &mut self,
        sys: &dyn System,
        of: &Of<'_>,
        part: &str,
        what: &str,
        irq: Option<u32>,
    ) -> bool {
        let key = key(of, part);
        if of.is_explained {
            return !self.fights.is_fought(&key, of.now);
        }
        match self.fights.lost(key, of.now) {
            Answer::ChangeBack => true,
            Answer::Resting => false,
            Answer::Rest(rest) => {
                sys.log(&harmless(&format!(
                    "{what}: changed again and again by {}; left alone for {} s",
                    culprit(sys, irq),
                    rest.as_secs()
                )));
                false
            }
        }
    }

    /// What the next look compares with: what is to be, or of what is left alone, what is.
    fn remember(&mut self, sys: &dyn System, of: &Of<'_>, file: PathBuf, part: &str, core: u32) {
        let is_offline = of.online.is_some_and(|online| !online.contains(core));
        let cores = match is_offline || self.fights.rests(&key(of, part), of.now) {
            true => read(sys, &file),
            false => Some(list::set([core])),
        };
        self.seen.push((file, cores));
    }

    fn say_once(&mut self, sys: &dyn System, line: &str) {
        if !self.said.contains(line) && !self.saying.contains(line) {
            sys.log(&harmless(line));
        }
        self.saying.insert(line.to_owned());
    }
}

fn key(of: &Of<'_>, part: &str) -> (String, String) {
    (of.wanted.nic.device.clone(), part.to_owned())
}

/// The cores that a file names.
fn read(sys: &dyn System, file: &Path) -> Option<kbp_core_set> {
    let text = sys.read(file).ok()?;
    match file.ends_with(SET) {
        true => list::parse(&text).ok(),
        false => mask::parse(&text),
    }
}

/// Whether one of these can be why something of a NIC has changed.
fn explain(sys: &dyn System, events: &[Event], card: &Card) -> bool {
    let index = Path::new("/sys/class/net")
        .join(&card.interface)
        .join("ifindex");
    let index = sys
        .read(&index)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let is_part = |path: &str| {
        let mut parts = path.split('/');
        parts.any(|part| part == card.device || part == card.interface)
    };
    events.iter().any(|event| match event {
        Event::Core | Event::Queues | Event::Lost => true,
        Event::Device(path) => is_part(path),
        Event::Link(link) => index == Some(*link),
        Event::End => false,
    })
}
