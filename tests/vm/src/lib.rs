// SPDX-License-Identifier: GPL-2.0
//! Stories told to guests: each is a file in `stories/`, a short shell script that a stock kernel runs with
//! KBP in it, and that holds what it sees against what an operator was promised. They are read when they
//! are run: an edit needs no compiler.
//!
//! The words of a script (`expect`, `steer`, `lossless`, ...) are functions of `guest/*.sh`; what
//! fails a story, and what its head may say, is told in docs/testing.md.

mod alike;
mod head;
mod host;
pub mod matrix;
mod ready;
mod story;
mod turn;

pub use head::Head;
pub use kbp_vm::cache::default_kernel;
pub use ready::check as ready;
pub use story::{names, Story, Transcript};
pub use turn::{at_once, take_all as take_all_turns};

/// Whether the long tests are asked for: `KBP_LONG=1`.
pub fn is_long() -> bool {
    std::env::var_os("KBP_LONG").is_some_and(|value| value == "1")
}
