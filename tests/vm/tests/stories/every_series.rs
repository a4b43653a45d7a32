// SPDX-License-Identifier: GPL-2.0
//! The same source on a kernel of each older series; the stories beside this one are told to the newest.

use kbp_stories::matrix;

#[test]
fn debian_12() {
    matrix::story("bookworm").run();
}

#[test]
fn debian_13() {
    matrix::story("trixie").run();
}
