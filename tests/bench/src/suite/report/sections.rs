// SPDX-License-Identifier: GPL-2.0
//! What follows from the rows, in words, the same on the page and in a terminal.

use super::promises::Verdict;
use super::whole::Report;

/// A title, and lines of a kind: `ok`, `bad`, `warn`, a promise's verdict, or of none.
pub(super) type Section = (&'static str, Vec<(&'static str, String)>);

/// Those that have something to say, the judgement last.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let mut sections = vec![
        ("Summary", summary(report)),
        ("Promises", promises(report)),
        ("Where KBP is not the best", not_best(report)),
        ("Left out", left(report)),
        ("Checks and warnings", judgement(report)),
    ];
    sections.retain(|(_, lines)| !lines.is_empty());
    sections
}

/// What KBP buys, and whether to believe it.
fn summary(report: &Report) -> Vec<(&'static str, String)> {
    let noisy = report.rows.iter().filter(|row| row.noisy).count();
    let (kind, verdict) = match report.noisy {
        true => ("warn", "the run cannot tell"),
        false => ("ok", "the run is quiet enough to compare"),
    };
    let all = report.rows.len();
    let noise = (kind, format!("{noisy} of {all} rows are noisy; {verdict}."));
    let peers = report.peers.iter().map(|peer| ("", peer.words()));
    [noise].into_iter().chain(peers).collect()
}

/// The demo has no row for most of them.
fn promises(report: &Report) -> Vec<(&'static str, String)> {
    let promises = report.promises.iter();
    let shown = promises.filter(|p| !report.is_demo() || p.verdict != Verdict::NotMeasured);
    let words = shown.map(|promise| {
        let verdict = promise.verdict.name();
        (
            verdict,
            format!("{verdict}: {}: {}", promise.promise, promise.found),
        )
    });
    words.collect()
}

fn not_best(report: &Report) -> Vec<(&'static str, String)> {
    match report.not_best.is_empty() {
        true => vec![("", "In no row of this run.".into())],
        false => report
            .not_best
            .iter()
            .map(|row| ("", row.words()))
            .collect(),
    }
}

/// What was not measured, with its reason.
fn left(report: &Report) -> Vec<(&'static str, String)> {
    let failed = report.failed.iter();
    let failed = failed.map(|failed| format!("{}: {}", failed.id, failed.why));
    let left = report.left.iter();
    let left = left.map(|left| format!("{} in {}: {}", left.row, left.mode, left.why));
    failed.chain(left).map(|text| ("", text)).collect()
}

fn judgement(report: &Report) -> Vec<(&'static str, String)> {
    let checks = report.judgement.checks.iter();
    let checks = checks.map(|check| (if check.ok { "ok" } else { "bad" }, check.text.clone()));
    let warnings = report.judgement.warnings.iter();
    checks
        .chain(warnings.map(|warning| ("warn", warning.clone())))
        .collect()
}
