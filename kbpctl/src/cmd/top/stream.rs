// SPDX-License-Identifier: GPL-2.0
//! Figures on standard output: one interval, or one after the other.

use std::io::{self, Write};
use std::time::Duration;

use super::text;
use super::watch::Watch;
use crate::error::{Error, Exit, Result};
use crate::host::wait::Context;
use crate::output::{self, Answer};

/// What happened since the watch began.
pub(super) fn once(watch: &mut Watch<'_>) -> Result<Answer> {
    let first = watch.at_first();
    let report = watch.look()?;
    Ok(Answer::new(&report, text::of(&report, &first), Exit::Ok))
}

/// A document for each interval, until nobody reads them any more.
pub(super) fn endless(
    watch: &mut Watch<'_>,
    every: Duration,
    context: &Context<'_>,
    reader: &mut dyn Write,
) -> Result<()> {
    loop {
        context.sys.sleep(every);
        let document = Answer::new(&watch.look()?, String::new(), Exit::Ok).json;
        let line = output::document(&document, context.form);
        match writeln!(reader, "{line}").and_then(|()| reader.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(Error::system("cannot write what was seen", &error)),
        }
    }
}
