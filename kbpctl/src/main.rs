// SPDX-License-Identifier: GPL-2.0
//! Load, enable and watch KBP.

fn main() {}
