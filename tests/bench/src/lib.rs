// SPDX-License-Identifier: GPL-2.0
//! Softirq NAPI and KBP side by side: workloads, measurements and reports.
//!
//! One boot of one guest measures both modes in turn. `host::demo` boots it, `guest::measure` runs
//! inside it and walks through [`plan`], [`event`] and [`wire`] are what the two say to each other,
//! and [`report`] turns the runs into a table, JSON and pictures.

pub mod cost;
mod error;
pub mod event;
pub mod guest;
pub mod host;
pub mod livepatch;
pub mod plan;
pub mod report;
pub mod stats;
pub mod suite;
mod sys;
pub mod topology;
pub mod wire;

pub use error::{Error, Result};
