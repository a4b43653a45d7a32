// SPDX-License-Identifier: GPL-2.0
//! What keeps packets from being received at once on this machine: about fifty questions to it, each
//! with an answer, a reason and a cure. It reads only: nothing is written, and nothing is loaded.
//!
//! A [`check`] asks one question of a [`look`] at the machine, which has two [`sample`]s of what the
//! kernel counts, and answers with a [`finding`]. [`checks`] are all of them.

pub(crate) mod check;
pub(crate) mod checks;
pub(crate) mod finding;
pub(crate) mod look;
pub(crate) mod sample;
mod task;
