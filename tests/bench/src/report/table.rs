// SPDX-License-Identifier: GPL-2.0
//! Tables of Markdown that a terminal can show, too.

use std::fmt::Write;

/// The first of `lines` is the head; the first `names` columns are words, the others numbers.
pub(crate) fn markdown<L: AsRef<[String]>>(lines: &[L], names: usize) -> String {
    let widths = widths(lines);
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        for (column, (text, width)) in line.as_ref().iter().zip(&widths).enumerate() {
            // Writing to a string cannot fail.
            let _ = match column < names {
                true => write!(out, "| {text:<width$} "),
                false => write!(out, "| {text:>width$} "),
            };
        }
        out.push_str("|\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let end = if column < names { "-" } else { ":" };
                let _ = write!(out, "|{}{end}", "-".repeat(width + 1));
            }
            out.push_str("|\n");
        }
    }
    out
}

fn widths<L: AsRef<[String]>>(lines: &[L]) -> Vec<usize> {
    let mut widths = Vec::new();
    for line in lines {
        let line = line.as_ref();
        widths.resize(line.len().max(widths.len()), 0);
        for (width, text) in widths.iter_mut().zip(line) {
            *width = text.chars().count().max(*width);
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_left_and_numbers_right() {
        let lines = [["name", "n"], ["a", "12.5 µs"]].map(|line| line.map(str::to_owned));
        assert_eq!(
            markdown(&lines, 1),
            "| name |       n |\n|------|--------:|\n| a    | 12.5 µs |\n"
        );
    }
}
