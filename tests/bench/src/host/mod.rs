// SPDX-License-Identifier: GPL-2.0
//! What every benchmark needs on the host.

pub(crate) mod environment;
pub(crate) mod follow;
pub(crate) mod measure;
pub(crate) mod progress;
pub(crate) mod save;
