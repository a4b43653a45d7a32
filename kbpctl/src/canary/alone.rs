// SPDX-License-Identifier: GPL-2.0
//! The process that makes a change, waits, and undoes it.

use std::time::Duration;

use super::keep_out::keep_out;
use super::made::{Made, Undo};
use super::message;
use super::note::{Note, Save};
use super::report::phrase;
use crate::error::{Error, Exit, Result, NOTHING_CHANGED};
use crate::host::lock;
use crate::host::processes;
use crate::host::wait::Context;
use crate::output::Answer;
use crate::sys::{Apart, LockGuard, System};

/// How often to look whether it is confirmed. A suspended machine counts on: the sleep does not.
const LOOK: Duration = Duration::from_millis(250);
/// How often to try to undo, and how long to wait in between: a thread may take its time to end.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// What is asked for.
pub(crate) struct Wish<'a> {
    /// What fails when it cannot be done.
    pub(crate) what: &'a str,
    /// The cores, as the kernel writes lists.
    pub(crate) cores: &'a str,
    /// How long the change has.
    pub(crate) time: Duration,
    /// What its confirmation saves.
    pub(crate) save: Option<Save>,
    /// The longest wait for another kbpctl.
    pub(crate) timeout: Duration,
}

/// Has a process of its own make the change, with the lock held; answers what it says.
pub(crate) fn run(
    context: &Context<'_>,
    wish: &Wish<'_>,
    make: &dyn Fn() -> Result<Made>,
) -> Result<Answer> {
    let sys = context.sys;
    let what = || format!("{}{NOTHING_CHANGED}", wish.what);
    if !processes::are_those_of_the_machine(sys) {
        return Err(Error::new(
            Exit::Unsupported,
            what(),
            "the process that is to undo it would end with this container",
            "run it on the host, or in a container that shares the host's processes (--pid=host)",
        ));
    }
    let saves = match wish.save {
        Some(_) => ", which saves it",
        None => "",
    };
    let purpose = format!(
        "undo all of this after {}, unless kbpctl confirm comes first{saves}",
        humantime::format_duration(wish.time)
    );
    let words = sys.apart(&purpose, &mut |apart| alone(context, wish, make, apart));
    message::read(&words.map_err(|error| Error::system(what(), &error))?)
}

fn alone(
    context: &Context<'_>,
    wish: &Wish<'_>,
    make: &dyn Fn() -> Result<Made>,
    apart: &dyn Apart,
) {
    match begin(context, wish, make) {
        Err(error) => apart.answer(&message::write(Err(error))),
        Ok((note, Made { answer, undo })) => {
            apart.answer(&message::write(Ok(answer)));
            if context.sys.recorded().is_none() {
                end(context, note, &undo, apart, wish.time);
            }
        }
    }
}

/// Makes the change. The note is there first: one whose process is killed meanwhile is known.
fn begin(
    context: &Context<'_>,
    wish: &Wish<'_>,
    make: &dyn Fn() -> Result<Made>,
) -> Result<(Note, Made)> {
    let sys = context.sys;
    let _lock = lock::take(context, &context.deadline(wish.timeout))?;
    keep_out(sys, wish.what)?;
    let nothing = |mut error: Error| {
        error.error = format!("{}{NOTHING_CHANGED}", wish.what);
        error
    };
    let mut note = Note::new(sys, wish.time, wish.cores, wish.save.clone()).map_err(nothing)?;
    note.store(sys).map_err(nothing)?;
    let made = make().inspect_err(|_| {
        // There is nothing to undo; the first error is the one to tell.
        let _ = Note::remove(sys);
    })?;
    note.begin(sys, wish.time);
    match note.store(sys) {
        Ok(()) => Ok((note, made)),
        Err(error) => {
            let error = made.undo.because_of(sys, error);
            let _ = Note::remove(sys);
            Err(error)
        }
    }
}

/// Waits, and undoes the change unless it is confirmed.
fn end(context: &Context<'_>, note: Note, undo: &Undo, apart: &dyn Apart, time: Duration) {
    let sys = context.sys;
    while !apart.is_to_end() && !note.rest(sys).is_zero() {
        if !is_there(sys, &note) {
            return;
        }
        sys.sleep(LOOK.min(note.rest(sys)));
    }
    let _lock = lock(context);
    if !is_there(sys, &note) {
        return;
    }
    let why = match note.rest(sys).is_zero() {
        true => format!("not confirmed within {}", humantime::format_duration(time)),
        false => "a signal ended its time".to_owned(),
    };
    let left = tried(sys, undo);
    let cores = phrase(&note.cores);
    let (said, noted) = match left.is_empty() {
        true => (format!("{why}: undone"), Note::remove(sys)),
        false => {
            let said = format!("{why}: undone but for this: {}", left.join("; "));
            (said, note.leaving(left).store(sys))
        }
    };
    sys.system_log(&format!("the change of {cores}: {said}"));
    if let Err(error) = noted {
        sys.system_log(&error.to_string());
    }
}

/// What is left when it was tried often enough.
fn tried(sys: &dyn System, undo: &Undo) -> Vec<String> {
    let mut left = undo.carry_out(sys);
    for _ in 1..TRIES {
        if left.is_empty() {
            break;
        }
        sys.sleep(PAUSE);
        left = undo.carry_out(sys);
    }
    left
}

/// Whether the note still names this process. Where that cannot be told, it does.
fn is_there(sys: &dyn System, note: &Note) -> bool {
    match Note::read(sys) {
        Ok(now) => now.is_some_and(|now| now.process == note.process),
        Err(_) => true,
    }
}

/// The lock, however long another kbpctl takes. Where there can be none, undoing matters more.
fn lock(context: &Context<'_>) -> Option<LockGuard> {
    loop {
        match lock::take(context, &context.deadline(Duration::from_secs(60))) {
            Err(error) if error.exit == Exit::TimedOut => {}
            guard => return guard.ok(),
        }
    }
}
