// SPDX-License-Identifier: GPL-2.0
//! `kbpctl top`: what happens on the cores, interval by interval. It reads only.
//!
//! [`watch`] looks at the machine. Its figures go to a [`screen`], where [`view`] draws them, or as
//! they come to standard output, [`stream`]. [`table`] lays out columns, which [`columns`] has.
//! [`terminal`] is the only file that touches one.

mod columns;
mod screen;
mod state;
mod stream;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod watch;

use std::io;

use self::terminal::Screen;
use self::watch::Watch;
use crate::cli;
use crate::error::Result;
use crate::host::wait::Context;
use crate::output::{Answer, Form};

/// Runs the command.
pub(crate) fn run(arguments: &cli::Top, context: &Context<'_>) -> Result<Answer> {
    let every = *arguments.interval;
    let is_screen = !arguments.once && context.form == Form::Text;
    if is_screen {
        terminal::check()?;
    }
    let mut watch = Watch::begin(arguments, context.sys)?;
    if arguments.once {
        context.sys.sleep(every);
        return stream::once(&mut watch);
    }
    match is_screen {
        true => {
            let mut screen = Screen::enter()?;
            let (terminal, input) = screen.parts();
            screen::run(terminal, input, &mut watch, every)?;
        }
        false => {
            let mut stdout = io::stdout().lock();
            stream::endless(&mut watch, every, context, &mut stdout)?;
        }
    }
    Ok(Answer::said())
}
