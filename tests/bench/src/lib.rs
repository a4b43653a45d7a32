// SPDX-License-Identifier: GPL-2.0
//! Softirq NAPI and KBP side by side: workloads, measurements and reports.
//!
//! Each feature has a folder of its own: [`suite`], [`cost`], [`delay`], [`livepatch`], and the
//! containers of [`topology`]. In it `host` boots a guest and reports, `guest` measures inside it, and
//! [`line`] is what the guest says. [`demo`] shows delays, and a part of the suite. [`mod@guest`],
//! [`host`], [`report`] and [`statistics`] hold what features share.

pub mod cost;
pub mod delay;
pub mod demo;
mod error;
pub mod guest;
pub mod host;
pub mod line;
pub mod livepatch;
pub mod mode;
pub mod report;
pub mod statistics;
pub mod suite;
mod sys;
pub mod topology;
pub mod wire;

pub use error::{Error, Result};
