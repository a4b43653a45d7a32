// SPDX-License-Identifier: GPL-2.0
//! Stories told to guests: each is a test that boots a stock kernel, runs a short shell script with
//! KBP in it, and holds what it sees against what an operator was promised.
//!
//! ```no_run
//! use kbp_stories::Story;
//!
//! Story::new("a core can be enabled and disabled")
//!     .script(
//!         "
//!         expect 0 kbpctl load
//!         expect 0 kbpctl enable --cores 1
//!         expect 0 kbpctl disable
//!         expect 0 kbpctl unload
//!         ",
//!     )
//!     .run();
//! ```
//!
//! The words of a script (`expect`, `steer`, `lossless`, ...) are functions of `guest/*.sh`; what
//! fails a story is said in docs/testing.md.

mod host;
pub mod matrix;
mod ready;
mod story;
mod turn;

pub use story::{default_kernel, Story, Told};
pub use turn::take as take_turn;

/// How often to repeat: `normally`, or `long` when `KBP_LONG=1` asks for the long tests.
pub fn times(normally: u64, long: u64) -> u64 {
    match std::env::var_os("KBP_LONG").is_some_and(|value| value == "1") {
        true => long,
        false => normally,
    }
}
