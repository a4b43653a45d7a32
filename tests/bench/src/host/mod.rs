// SPDX-License-Identifier: GPL-2.0
//! What runs on the host: the demo, its traffic, and the collecting of what the guest says.

mod collect;
pub mod demo;
mod environment;
mod progress;
mod traffic;
