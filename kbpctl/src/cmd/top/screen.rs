// SPDX-License-Identifier: GPL-2.0
//! The live view: looks, draws and takes keys until somebody quits.

use std::io;
use std::time::Duration;

use ratatui::backend::Backend;
use ratatui::Terminal;

use super::state::State;
use super::view;
use super::watch::Watch;
use crate::error::{Error, Result};

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Quit,
    Pause,
    Sort,
    Help,
    /// Nothing that means anything here; another size of the terminal, too.
    Other,
}

/// Where keys come from.
pub(super) trait Input {
    /// The next key; `None` when none came in this time.
    fn key(&mut self, wait: Duration) -> io::Result<Option<Key>>;
    /// Whether the terminal shall have colours.
    fn wants_colours(&self) -> bool;
}

/// Events age on the screen, whatever the interval is.
const REDRAW: Duration = Duration::from_secs(1);

/// Runs until the key to quit.
pub(super) fn run<B: Backend>(
    terminal: &mut Terminal<B>,
    input: &mut dyn Input,
    watch: &mut Watch<'_>,
    every: Duration,
) -> Result<()> {
    let sys = watch.sys;
    let mut state = State::new(every, input.wants_colours());
    state.now = sys.now();
    state.add(watch.at_first());
    let mut due = sys.now() + every;
    loop {
        state.now = sys.now();
        let drawn = terminal.draw(|frame| view::draw(frame, &state));
        drawn.map_err(|error| lost(&error))?;
        let wait = match state.is_paused {
            true => REDRAW,
            false => due.saturating_sub(sys.now()).min(REDRAW),
        };
        match input.key(wait).map_err(|error| lost(&error))? {
            Some(Key::Quit) => return Ok(()),
            Some(Key::Pause) => {
                state.is_paused = !state.is_paused;
                if !state.is_paused {
                    // The next interval is no longer than the others.
                    watch.look()?;
                    due = sys.now() + every;
                }
            }
            Some(Key::Sort) => state.sort = state.sort.next(),
            Some(Key::Help) => state.shows_help = !state.shows_help,
            Some(Key::Other) | None => {}
        }
        if !state.is_paused && sys.now() >= due {
            let report = watch.look()?;
            state.now = sys.now();
            state.take(report);
            due = state.now + every;
        }
    }
}

fn lost(error: &io::Error) -> Error {
    Error::system("the terminal is lost", error)
}
