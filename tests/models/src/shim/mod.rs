// SPDX-License-Identifier: GPL-2.0
//! The module's C, file by file, act by act. Each step here is one section with interrupts off
//! there, or one access that other cores can see.

mod backlog;
mod gate;
mod poll;
mod rescue;
mod sentry;
mod sleep;
mod stray;
