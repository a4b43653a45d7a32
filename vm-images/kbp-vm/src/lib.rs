// SPDX-License-Identifier: GPL-2.0
//! Run commands in guests with stock kernels.
