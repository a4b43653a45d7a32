// SPDX-License-Identifier: GPL-2.0
//! From runs to what people and programs read.

pub mod format;
pub mod html;
pub mod model;
pub mod summary;
pub mod svg;
pub mod table;
pub mod verify;
