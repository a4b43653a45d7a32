// SPDX-License-Identifier: GPL-2.0
//! `kbpctl irq watch`: keeps interrupts where kbpctl brought them, until a signal ends it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Error, Exit, Result};
use crate::host::wait::Context;
use crate::output::Answer;
use crate::steer::keeper::{Keeper, Look};
use crate::sys::{Event, Events, System};

/// Nobody says that somebody has written where an interrupt may go. What is promised are two
/// seconds.
const PERIOD: Duration = Duration::from_secs(1);
/// How soon to look again when another kbpctl was at work.
const SOON: Duration = Duration::from_millis(100);
/// One act is announced by many events; when none has come for so long, it is over.
const PAUSE: Duration = Duration::from_millis(200);
/// But others go on for ever.
const LONGEST: Duration = Duration::from_millis(600);

#[derive(Serialize, JsonSchema)]
struct Report {
    schema: &'static str,
    /// How many interrupts, queues and NICs were brought back.
    changed: usize,
}

/// Runs the command.
pub(super) fn run(context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let failed = |error| Error::system("cannot hear what changes", &error);
    let mut events = sys.events().map_err(failed)?;
    let mut keeper = Keeper::default();
    let mut said: Vec<Event> = Vec::new();
    let mut look = keeper.look(context, &said);
    if let Err(error) = sys.notify("READY=1") {
        sys.log(&format!("the service manager cannot be told: {error}"));
    }
    loop {
        let patience = match look {
            Look::Whole => PERIOD,
            Look::Busy => SOON,
        };
        said.extend(all(sys, &mut *events, patience).map_err(failed)?);
        if said.contains(&Event::End) {
            break;
        }
        look = keeper.look(context, &said);
        if look == Look::Whole {
            said.clear();
        }
    }
    let report = Report {
        schema: "kbp.irq-watch/1",
        changed: keeper.count,
    };
    let text = match keeper.count {
        0 => "nothing had to be brought back".to_owned(),
        1 => "one was brought back".to_owned(),
        count => format!("{count} were brought back"),
    };
    Ok(Answer::new(&report, text, Exit::Ok))
}

/// What comes within this time, and what follows it at once.
fn all(
    sys: &dyn System,
    events: &mut dyn Events,
    patience: Duration,
) -> std::io::Result<Vec<Event>> {
    let mut all = events.wait(patience)?;
    let start = sys.now();
    let mut more = !all.is_empty();
    while more && !all.contains(&Event::End) && sys.now().saturating_sub(start) < LONGEST {
        let next = events.wait(PAUSE)?;
        more = !next.is_empty();
        all.extend(next);
    }
    Ok(all)
}
