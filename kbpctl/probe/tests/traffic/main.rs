// SPDX-License-Identifier: GPL-2.0
//! Real sockets on the loopback interface. No test depends on how fast the machine is.

mod accounting;
mod open_loop;
mod reflector;
mod session;
mod support;
