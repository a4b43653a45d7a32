// SPDX-License-Identifier: GPL-2.0
//! A file of the saved state and its lines: where something wrong stands, and how it is written.

use std::ops::Range;
use std::path::Path;
use std::string::FromUtf8Error;

use toml::de::DeValue;
use toml::Spanned;

use super::fault::Fault;
use crate::sys::System;

/// The file that is being read.
pub(super) struct Source<'a> {
    pub(super) sys: &'a dyn System,
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// A value as it is written.
    pub(super) fn shown(&self, value: &Spanned<DeValue<'_>>) -> String {
        shown(self.text.get(value.span()).unwrap_or_default())
    }

    /// The line in which something begins.
    pub(super) fn written(&self, span: &Range<usize>) -> String {
        let line = self.text.lines().nth(self.line(span) - 1);
        shown(line.unwrap_or_default())
    }

    /// The number of the line in which something begins.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        line_after(&self.text.as_bytes()[..span.start.min(self.text.len())])
    }

    /// What is wrong, and what to write instead.
    pub(super) fn refuse(&self, span: &Range<usize>, cause: String, cure: &str) -> Fault {
        Fault::new(self.file, self.line(span), cause, cure)
    }
}

/// A file whose text cannot even be read.
pub(crate) fn not_utf8(file: &Path, error: &FromUtf8Error) -> Fault {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = line_after(good);
    let byte = error.as_bytes().get(good.len()).copied().unwrap_or(0);
    let cause = format!("the byte 0x{byte:02x} is not UTF-8");
    Fault::new(file, line, cause, "save the file as UTF-8")
}

/// What fits in a line of an error.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.trim().lines().next().unwrap_or_default();
    let visible = |letter: char| match letter.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => letter,
    };
    line.chars().take(MOST).map(visible).collect()
}

/// The number of the line that follows this text.
fn line_after(text: &[u8]) -> usize {
    1 + text.iter().filter(|byte| **byte == b'\n').count()
}
