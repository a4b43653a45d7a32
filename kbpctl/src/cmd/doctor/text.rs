// SPDX-License-Identifier: GPL-2.0
//! The report for people, at 80 columns: what a check is about, and there the worst first.

use super::{Report, Row};
use crate::cores::list;
use crate::doctor::check::{Check, Group};
use crate::doctor::finding::Verdict;
use crate::output::counted;

const WIDTH: usize = 80;

/// The text; `whole`: with what is well, too.
pub(super) fn of(report: &Report, whole: bool) -> String {
    let watched = match report.watched_ns {
        0 => String::new(),
        ns => format!(", watched for {:.1} s", ns as f64 / 1e9),
    };
    let cores = list::phrase(&report.set);
    let mut lines = vec![format!("{cores} ({}){watched}", report.chosen.phrase())];
    for group in groups(report) {
        lines.push(String::new());
        lines.push(group.word().to_owned());
        lines.extend(group_lines(report, group, whole));
    }
    lines.push(String::new());
    lines.push(sum(report));
    lines.join("\n")
}

/// Those with the worst findings first.
fn groups(report: &Report) -> Vec<Group> {
    let mut groups: Vec<Group> = report.checks.iter().map(|row| row.check.group).collect();
    groups.sort();
    groups.dedup();
    let worst = |group: &Group| {
        let of = report.checks.iter().filter(|row| row.check.group == *group);
        of.map(|row| row.finding.verdict).min()
    };
    groups.sort_by_key(|group| (worst(group), *group));
    groups
}

fn group_lines(report: &Report, group: Group, whole: bool) -> Vec<String> {
    let mut rows: Vec<&Row> = report
        .checks
        .iter()
        .filter(|row| row.check.group == group)
        .collect();
    rows.sort_by_key(|row| row.finding.verdict);
    let shown = |row: &&&Row| whole || row.finding.verdict != Verdict::Ok;
    let mut lines: Vec<String> = rows
        .iter()
        .filter(shown)
        .flat_map(|row| row_lines(row))
        .collect();
    let well = rows
        .iter()
        .filter(|row| !shown(row))
        .map(|row| row.check.id);
    let well: Vec<&str> = well.collect();
    if !well.is_empty() {
        lines.extend(wrapped("  ok: ", &well.join(", ")));
    }
    lines
}

fn row_lines(row: &Row) -> Vec<String> {
    let finding = &row.finding;
    let head = format!("  {}: ", finding.verdict.word());
    let mut lines = wrapped(&head, &format!("{}: {}", row.check.id, finding.value));
    lines.extend(
        finding
            .why
            .iter()
            .flat_map(|why| wrapped("      why: ", why)),
    );
    let cures = finding.cure.iter();
    lines.extend(cures.flat_map(|cure| wrapped("      try: ", cure)));
    // What is to be copied is not broken into lines.
    let commands = finding.commands.iter();
    lines.extend(commands.map(|command| format!("      run: {command}")));
    lines
}

fn sum(report: &Report) -> String {
    let sum = format!(
        "{} bad, {}, {}, {} unknown, {} ok",
        report.bad,
        counted(report.warnings, "warning"),
        counted(report.hints, "hint"),
        report.unknown,
        report.ok
    );
    match report
        .checks
        .iter()
        .any(|row| !row.finding.commands.is_empty())
    {
        true => format!("{sum}\nkbpctl doctor --fix-plan prints the commands"),
        false => sum,
    }
}

/// The commands, for a shell of root.
pub(super) fn plan(report: &Report) -> String {
    let mut rows: Vec<&Row> = report.checks.iter().collect();
    rows.sort_by_key(|row| row.finding.verdict);
    let blocks: Vec<String> = rows.into_iter().filter_map(block).collect();
    match blocks.is_empty() {
        true => "# nothing to cure".to_owned(),
        false => format!(
            "# What kbpctl doctor found, and what cures it. Nothing was run.\n{}",
            blocks.join("\n\n")
        ),
    }
}

/// What was found, as a comment, and its commands; `None`: there is no cure.
fn block(row: &Row) -> Option<String> {
    let finding = &row.finding;
    if finding.commands.is_empty() && finding.cure.is_none() {
        return None;
    }
    let head = format!(
        "{}: {}: {}",
        finding.verdict.word(),
        row.check.id,
        finding.value
    );
    let mut lines = filled(["# ", "# "], &head);
    let cures = finding.cure.iter();
    lines.extend(cures.flat_map(|cure| filled(["#   ", "#   "], cure)));
    lines.extend(finding.commands.iter().cloned());
    Some(lines.join("\n"))
}

/// `--explain`.
pub(super) fn explanation(check: &Check) -> String {
    let mut lines = vec![format!("{}: {}", check.id, check.question)];
    lines.extend(wrapped("  ", check.explanation));
    lines.join("\n")
}

/// The text behind `head`, and below it in its further lines.
pub(super) fn wrapped(head: &str, text: &str) -> Vec<String> {
    filled([head, &" ".repeat(head.len())], text)
}

/// The text in lines, the first behind `first` and the others behind `other`.
fn filled([first, other]: [&str; 2], text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let fits = line.chars().count() + usize::from(!is_empty) + word.chars().count() <= WIDTH;
        if !fits && !is_empty {
            lines.push(std::mem::replace(&mut line, other.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}
