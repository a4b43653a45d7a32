// SPDX-License-Identifier: GPL-2.0
//! Constant load over ordinary sockets, and the reflector that answers it.
//!
//! The load is an open loop: a probe leaves when its time has come, whether the one before was
//! answered or not, and its latency counts from that time. So a stall of the peer shows in every
//! probe that should have been answered meanwhile, and a stall of the sender does not hide.
//!
//! [`session::run`] measures, [`reflect::Reflector`] answers. Below them: [`wire`] what a probe
//! looks like, [`framing`] how TCP carries it, [`load`] and [`schedule`] what leaves when, [`book`]
//! what became of it, [`times`] how long it took.

mod answers;
pub mod book;
pub mod cpu;
mod error;
pub mod frame;
pub mod framing;
pub mod hlog;
pub mod load;
pub mod noise;
pub mod reflect;
pub mod report;
pub mod run;
pub mod schedule;
pub mod session;
mod sys;
pub mod times;
pub mod transport;
pub mod wire;

pub use answers::Exceeded;
pub use error::{Error, Kind as ErrorKind, Result};

/// The port a reflector listens on when none is named.
pub const DEFAULT_PORT: u16 = 7777;

pub use sys::busy_poll;
