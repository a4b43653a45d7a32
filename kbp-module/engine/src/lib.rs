// SPDX-License-Identifier: GPL-2.0
//! The poller's policy and life cycle, free of the kernel.
