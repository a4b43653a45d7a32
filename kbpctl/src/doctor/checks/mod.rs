// SPDX-License-Identifier: GPL-2.0
//! The checks, by what they are about.

mod arrival;
mod clock;
mod guests;
mod isolation;
mod layer;
mod losses;
mod others;
mod power;
mod queues;
mod rings;
mod scheduler;
mod sending;
mod serving;
mod tasks;
mod trust;

use super::check::Check;

/// Every check, in the order in which they are shown.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    let files: [&'static [Check]; 15] = [
        &serving::ALL,
        &arrival::ALL,
        &queues::ALL,
        &sending::ALL,
        &layer::ALL,
        &rings::ALL,
        &losses::ALL,
        &others::ALL,
        &tasks::ALL,
        &isolation::ALL,
        &scheduler::ALL,
        &power::ALL,
        &clock::ALL,
        &guests::ALL,
        &trust::ALL,
    ];
    files.into_iter().flatten()
}
