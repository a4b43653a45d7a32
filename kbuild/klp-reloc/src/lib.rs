// SPDX-License-Identifier: GPL-2.0
//! Livepatch relocations for a finished kernel module.
