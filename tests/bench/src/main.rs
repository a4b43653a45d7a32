// SPDX-License-Identifier: GPL-2.0
//! Guest workloads, measurements and reports.

fn main() {}
