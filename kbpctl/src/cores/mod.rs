// SPDX-License-Identifier: GPL-2.0
//! Cores: how an operator names them, and how kbp.ko is asked to serve them.
//!
//! [`list`] and [`mask`] read and print sets of cores, [`select`] finds the cores that `--cores`
//! means, and [`config`] has the options of a core. [`device`] asks /dev/kbp, [`words`] and
//! [`histogram`] say what it answers, [`rules`] says when it refuses and [`refusal`] why, [`before`]
//! goes back to what was, and [`saved`] keeps what is served for the next boot.

pub(crate) mod before;
pub(crate) mod config;
pub(crate) mod device;
pub(crate) mod histogram;
pub(crate) mod list;
pub(crate) mod mask;
pub(crate) mod refusal;
pub(crate) mod rules;
pub(crate) mod saved;
pub(crate) mod select;
pub(crate) mod words;
