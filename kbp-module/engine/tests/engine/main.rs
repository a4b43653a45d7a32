// SPDX-License-Identifier: GPL-2.0
//! The poller's rules, one file per subject, in a scripted world.

mod adaptive;
mod cycle;
mod delay;
mod housekeeping;
mod idle;
mod masked;
mod poller;
mod rescue;
mod sentry;
mod spin;
mod stories;
mod watch;
mod window;
mod world;
mod r#yield;
