// SPDX-License-Identifier: GPL-2.0
//! What runs on the host: the demo, its traffic, the count of costs, and the collecting of what the
//! guest says.

mod collect;
pub mod demo;
pub(crate) mod environment;
pub(crate) mod lines;
pub(crate) mod progress;
pub(crate) mod save;
pub(crate) mod split;
pub(crate) mod verdict;
