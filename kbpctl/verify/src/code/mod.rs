// SPDX-License-Identifier: GPL-2.0
//! What functions of the kernel do, from their machine code.

mod facts;
mod flow;
mod function;
mod jumps;
mod scan;
mod step;
mod value;

pub use facts::{Argument, Facts};
pub use flow::Flow;
pub use function::{source_name, Function};
pub use jumps::StaticBranches;
pub use scan::{scan, Found, Wanted};
pub use value::{Base, Origin, Value};
