// SPDX-License-Identifier: GPL-2.0
//! Softirq NAPI and KBP side by side: workloads, measurements and reports.
//!
//! One boot of one guest measures both modes in turn: `guest::measure` runs inside it and walks
//! through [`plan`], [`event`] and [`wire`] are what it says to the host, and [`report`] judges the
//! runs and turns them into a table and JSON.

mod error;
pub mod event;
pub mod guest;
pub mod plan;
pub mod report;
pub mod stats;
pub mod wire;

pub use error::{Error, Result};
