// SPDX-License-Identifier: GPL-2.0
//! What the reports of all benchmarks share.

mod environment;
pub(crate) mod format;
mod judgement;
pub mod page;
pub(crate) mod svg;
pub(crate) mod table;

pub use environment::Environment;
pub use judgement::{Check, Judgement};
