// SPDX-License-Identifier: GPL-2.0
//! Serving the saved sets: one that cannot be served keeps none of the others, and one whose
//! interface comes late is waited for while the others are served.

use std::time::Duration;

use super::enable;
use crate::cli;
use crate::cores::saved::Set;
use crate::cores::select;
use crate::error::{Error, Exit, Result};
use crate::host::wait::{Context, Deadline};
use crate::output::Answer;
use crate::steer::plan;
use crate::sys::System;

/// A driver that brings an interface up takes its interrupts one by one.
const UNTIL_COMPLETE: Duration = Duration::from_millis(250);

/// The sets in their order: of a core that two of them name, the later one has the last word.
pub(super) struct Serving<'a> {
    sets: Vec<Wanted>,
    context: &'a Context<'a>,
}

struct Wanted {
    place: String,
    enable: cli::Enable,
    /// `None`: not tried, because of something that concerns all.
    outcome: Option<Result<Answer>>,
}

impl<'a> Serving<'a> {
    pub(super) fn new(sets: Vec<Set>, wait: cli::Wait, context: &'a Context<'a>) -> Serving<'a> {
        let wanted = |set: Set| Wanted {
            place: set.place(),
            enable: cli::Enable {
                cores: set.cores,
                force: set.force,
                from: set.nics.from,
                queues: set.nics.queues,
                save: false,
                canary: None,
                wait,
                options: set.options,
            },
            outcome: None,
        };
        Serving {
            sets: sets.into_iter().map(wanted).collect(),
            context,
        }
    }

    /// Refuses when the hardware that they name is there for none of them.
    pub(super) fn need_one(&mut self) -> Result<()> {
        for set in &mut self.sets {
            match set.hardware(self.context.sys) {
                Ok(()) => return Ok(()),
                Err(error) => set.outcome = Some(Err(error)),
            }
        }
        self.failure().map_or(Ok(()), Err)
    }

    /// Serves what can be served, from this set on.
    pub(super) fn serve_from(&mut self, first: usize) {
        for set in &mut self.sets[first..] {
            let outcome = enable::locked(&set.enable, self.context);
            let hopeless = outcome.as_ref().is_err_and(concerns_all);
            // What the first time changed is of interest; a second one brings the order back.
            if !matches!((&set.outcome, &outcome), (Some(Ok(_)), Ok(_))) {
                set.outcome = Some(outcome);
            }
            if hopeless {
                return;
            }
        }
    }

    /// Waits for the interfaces that are missing, and serves each as it comes.
    pub(super) fn wait_for_more(&mut self, deadline: &Deadline) -> Result<()> {
        let sys = self.context.sys;
        loop {
            let missing = self.missing();
            if missing.is_empty() {
                return Ok(());
            }
            let name = |set: &usize| self.sets[*set].waits_for();
            let names: Vec<String> = missing.iter().filter_map(name).collect();
            let doing = format!("waiting for {}", names.join(", "));
            let came = |set: &&usize| self.sets[**set].hardware(sys).is_ok();
            let come = self
                .context
                .poll(deadline, &doing, || Ok(missing.iter().find(came).copied()))?;
            let Some(first) = come else {
                self.look_again(&missing);
                return Ok(());
            };
            sys.sleep(UNTIL_COMPLETE);
            self.serve_from(first);
        }
    }

    /// What is in the way may be another thing by now.
    fn look_again(&mut self, missing: &[usize]) {
        for set in missing {
            let set = &mut self.sets[*set];
            if set.error().is_none() {
                continue;
            }
            if let Err(error) = set.hardware(self.context.sys) {
                set.outcome = Some(Err(error));
            }
        }
    }

    /// The sets whose interface is not there, or not up: time may help.
    fn missing(&self) -> Vec<usize> {
        let errors = self.sets.iter().filter_map(Wanted::error);
        if errors.into_iter().any(concerns_all) {
            return Vec::new();
        }
        let waits = |set: &Wanted| {
            // Served, too, where a part of a bond is missing.
            set.waits_for().is_some() && set.hardware(self.context.sys).is_err()
        };
        let sets = self.sets.iter().enumerate();
        sets.filter_map(|(set, wanted)| waits(wanted).then_some(set))
            .collect()
    }

    /// What became of those that are served.
    pub(super) fn served(&self) -> impl Iterator<Item = &Answer> {
        let outcomes = self.sets.iter().filter_map(|set| set.outcome.as_ref());
        outcomes.filter_map(|outcome| outcome.as_ref().ok())
    }

    /// Why one is not served, and which others are not. One that may be served another time goes
    /// before one that is wrong: a caller who tries again looks at the code.
    pub(super) fn failure(&self) -> Option<Error> {
        let error = |set: &Wanted| {
            let place = format!("it stands in {}", set.place);
            // The others may have changed something.
            Some(set.error()?.clone().after(&place))
        };
        let mut errors: Vec<Error> = self.sets.iter().filter_map(error).collect();
        errors.sort_by_key(|error| error.exit != Exit::Failed);
        let mut errors = errors.into_iter();
        let first = errors.next()?;
        Some(errors.fold(first, |first, other| {
            first.noting(&format!("and {}: {}", other.error, other.cause))
        }))
    }
}

impl Wanted {
    /// Whether the cores and the interfaces that it names are there.
    fn hardware(&self, sys: &dyn System) -> Result<()> {
        let enable = &self.enable;
        select::resolve(sys, &enable.cores)?;
        plan::are_complete(sys, &enable.from)
    }

    /// What of it may come later.
    fn waits_for(&self) -> Option<String> {
        let cores = &self.enable.cores;
        match self.enable.from.is_empty() {
            true => select::interface_of(cores).map(|_| cores.clone()),
            false => Some(self.enable.from.join(", ")),
        }
    }

    fn error(&self) -> Option<&Error> {
        self.outcome.as_ref()?.as_ref().err()
    }
}

/// Whether no other set can be served either: nothing is said of this one's cores.
fn concerns_all(error: &Error) -> bool {
    !matches!(error.exit, Exit::Failed | Exit::Usage)
}
