// SPDX-License-Identifier: GPL-2.0
//! KBP beside each other way to poll, over all rows; and where it is not the best.

use serde::{Deserialize, Serialize};

use super::model::{Ratio, RowReport};
use super::words;
use crate::mode::Mode;
use crate::suite::metric::Metric;

/// One way to poll that KBP is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Peer {
    /// Who polls.
    pub mode: Mode,
    /// By what: `p99` or `rate`.
    pub metric: Metric,
    /// How many rows compare the two.
    pub rows: usize,
    /// Rows in which KBP is better by more than the noise.
    pub better: Vec<String>,
    /// Rows in which it is worse by more than the noise.
    pub worse: Vec<String>,
    /// Rows in which the difference is noise.
    pub within_noise: Vec<String>,
    /// The lowest and the highest ratio KBP by peer of the rows that are more than noise.
    pub range: Option<[f64; 2]>,
}

/// A row in which another mode is better than KBP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotBest {
    /// The row.
    pub row: String,
    /// Who is best.
    pub best: Mode,
    /// The better one of KBP's ways to poll; `None` when none was measured.
    pub kbp: Option<Mode>,
    /// KBP by the best, by the row's decisive metric.
    pub ratio: Option<Ratio>,
}

/// Every peer that shares a row with KBP, first by time, then by rate.
pub fn peers(rows: &[RowReport]) -> Vec<Peer> {
    let of = |metric| {
        Mode::ALL
            .into_iter()
            .filter(|mode| !mode.is_kbp() && *mode != Mode::Control)
            .filter_map(move |mode| peer(rows, mode, metric))
    };
    of(Metric::P99).chain(of(Metric::Rate)).collect()
}

fn peer(rows: &[RowReport], mode: Mode, metric: Metric) -> Option<Peer> {
    let pairs: Vec<(&RowReport, &Ratio)> = rows
        .iter()
        .filter(|row| row.decisive() == metric)
        .filter_map(|row| Some((row, row.kbp_by.get(&mode)?)))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let is_better = |ratio: &Ratio| (ratio.of.median > 1.0) == metric.more_is_better();
    let names = |which: &dyn Fn(&Ratio) -> bool| {
        let chosen = pairs.iter().filter(|(_, ratio)| which(ratio));
        chosen.map(|(row, _)| row.name.clone()).collect::<Vec<_>>()
    };
    let clear = pairs.iter().filter(|(_, ratio)| !ratio.within_noise);
    let clear = clear.map(|(_, ratio)| ratio.of.median);
    let ends = (clear.clone().reduce(f64::min), clear.reduce(f64::max));
    Some(Peer {
        mode,
        metric,
        rows: pairs.len(),
        better: names(&|ratio| !ratio.within_noise && is_better(ratio)),
        worse: names(&|ratio| !ratio.within_noise && !is_better(ratio)),
        within_noise: names(&|ratio| ratio.within_noise),
        range: ends.0.zip(ends.1).map(|(low, high)| [low, high]),
    })
}

/// Rows whose best mode is not one of KBP's.
pub fn not_best(rows: &[RowReport]) -> Vec<NotBest> {
    let of_row = |row: &RowReport| {
        let best = row.best.filter(|mode| !mode.is_kbp())?;
        Some(NotBest {
            row: row.name.clone(),
            best,
            kbp: row.kbp,
            ratio: row.kbp_by.get(&best).copied(),
        })
    };
    rows.iter().filter_map(of_row).collect()
}

impl Peer {
    /// In plain words.
    pub fn words(&self) -> String {
        let what = match self.metric {
            Metric::Rate => "more packets per second go through without loss",
            _ => "99 % of the packets wait less",
        };
        let metric = self.metric.name();
        let clear = "where that is more than noise";
        let range = match self.range.map(|ends| ends.map(words::ratio)) {
            None => String::new(),
            Some([low, high]) if low == high => format!(" ({metric}: {low} of it)"),
            Some([low, high]) => format!(" ({metric}: {low} to {high} of it, {clear})"),
        };
        let (mode, better, rows) = (self.mode, self.better.len(), self.rows);
        let mut text = format!("KBP against {mode}: {what} in {better} of {rows} rows{range}.");
        for (title, rows) in [("Within noise", &self.within_noise), ("Worse", &self.worse)] {
            if !rows.is_empty() {
                text += &format!(" {title}: {}.", rows.join(", "));
            }
        }
        text
    }
}

impl NotBest {
    /// In plain words.
    pub fn words(&self) -> String {
        let best = format!("{}: {} is best", self.row, self.best);
        match (self.kbp, self.ratio) {
            (Some(kbp), Some(ratio)) => {
                format!("{best}; {kbp} by it: {}", words::with_interval(&ratio))
            }
            (Some(kbp), None) => format!("{best}; {kbp} has no round in common with it"),
            (None, _) => format!("{best}; neither kbp-armed nor kbp-masked was measured"),
        }
    }
}
