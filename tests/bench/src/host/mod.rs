// SPDX-License-Identifier: GPL-2.0
//! What runs on the host: the demo, its traffic, the count of costs, and the collecting of what the
//! guest says.

mod collect;
pub mod cost;
pub mod demo;
mod environment;
mod lines;
pub mod livepatch;
mod progress;
pub(crate) mod save;
mod split;
pub mod suite;
mod tcp;
mod traffic;
mod verdict;
