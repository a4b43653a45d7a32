// SPDX-License-Identifier: GPL-2.0
//! UDP over IPv4 over Ethernet, as frames, and a load of them.

pub(crate) mod datagram;
mod load;

pub use datagram::{build, parse, Datagram, Endpoint, ECHO_PORT};
pub use load::Load;
