// SPDX-License-Identifier: GPL-2.0
//! Stories told to guests.
