// SPDX-License-Identifier: GPL-2.0
//! The kernels of the cache are found fit, each damaged copy of them is not, and no file brings the
//! analysis down. Without a kernel in the cache the tests fail and say so.

mod hostile;
mod mutations;
mod stock;
mod subject;
