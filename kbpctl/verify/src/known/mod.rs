// SPDX-License-Identifier: GPL-2.0
//! What KBP was written against: tables to compare a kernel with.

pub mod bodies;
pub mod raise_sites;
pub mod symbols;
pub mod types;
