// SPDX-License-Identifier: GPL-2.0
//! What follows from the rows, in words, the same on the page and in a terminal.

use super::promises::Verdict;
use super::whole::Report;

/// Lines of a kind: `ok`, `bad`, `warn`, a promise's verdict, or of none.
type Lines = Vec<(&'static str, String)>;

/// Titles and lines of those that have something to say, the judgement last.
pub(super) fn sections(report: &Report) -> Vec<(&'static str, Lines)> {
    let plain = |text| ("", text);
    // The demo has no row for them.
    let shown = |verdict| !report.is_demo() || verdict != Verdict::NotMeasured;
    let promises = report
        .promises
        .iter()
        .filter(|p| shown(p.verdict))
        .map(|p| {
            let verdict = p.verdict.name();
            (verdict, format!("{verdict}: {}: {}", p.promise, p.found))
        });
    let mut not_best: Lines = report
        .not_best
        .iter()
        .map(|row| plain(row.words()))
        .collect();
    if not_best.is_empty() {
        not_best.push(plain("In no row of this run.".into()));
    }
    let failed = report
        .failed
        .iter()
        .map(|failed| format!("{}: {}", failed.id, failed.why));
    let left = report.left.iter();
    let left = left.map(|left| format!("{} in {}: {}", left.row, left.mode, left.why));
    let checks = report.judgement.checks.iter();
    let checks = checks.map(|check| (if check.ok { "ok" } else { "bad" }, check.text.clone()));
    let warnings = report.judgement.warnings.iter();
    let warnings = warnings.map(|warning| ("warn", warning.clone()));
    let mut sections = vec![
        ("Summary", summary(report)),
        ("Promises", promises.collect()),
        ("Where KBP is not the best", not_best),
        ("Left out", failed.chain(left).map(plain).collect()),
        ("Checks and warnings", checks.chain(warnings).collect()),
    ];
    sections.retain(|(_, lines)| !lines.is_empty());
    sections
}

/// What KBP buys, and whether to believe it.
fn summary(report: &Report) -> Lines {
    let noisy = report.rows.iter().filter(|row| row.noisy).count();
    let (kind, verdict) = match report.noisy {
        true => ("warn", "the run cannot tell"),
        false => ("ok", "the run is quiet enough to compare"),
    };
    let all = report.rows.len();
    let mut lines = vec![(kind, format!("{noisy} of {all} rows are noisy; {verdict}."))];
    lines.extend(report.peers.iter().map(|peer| ("", peer.words())));
    lines
}
