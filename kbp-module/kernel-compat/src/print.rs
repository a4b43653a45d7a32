// SPDX-License-Identifier: GPL-2.0
//! The kernel's log.

use core::ffi::{c_char, c_int};
use core::fmt::{self, Write};

/// How important a line is; the numbers are the log's own.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Level {
    Emergency = 0,
    Warning = 4,
    Info = 6,
}

/// The longest line; what is longer is cut. On the stack of whoever prints.
const LINE: usize = 256;

struct Line {
    text: [u8; LINE],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = LINE - self.len;
        let part = &part.as_bytes()[..part.len().min(room)];
        self.text[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
        Ok(())
    }
}

/// Prints a line. Context: any that may print.
pub fn emit(level: Level, what: fmt::Arguments<'_>) {
    let mut line = Line {
        text: [0; LINE],
        len: 0,
    };
    // It is cut, but never fails.
    let _ = line.write_fmt(what);
    // SAFETY: `text` holds `len` bytes, and `len` is at most 256.
    unsafe { kbp_compat_print(level as c_int, line.text.as_ptr().cast(), line.len as c_int) }
}

/// Says something in the kernel's log.
#[macro_export]
macro_rules! pr_info {
    ($($what:tt)*) => {
        $crate::print::emit($crate::print::Level::Info, ::core::format_args!($($what)*))
    };
}

/// Warns in the kernel's log.
#[macro_export]
macro_rules! pr_warn {
    ($($what:tt)*) => {
        $crate::print::emit($crate::print::Level::Warning, ::core::format_args!($($what)*))
    };
}

unsafe extern "C" {
    fn kbp_compat_print(level: c_int, text: *const c_char, len: c_int);
}
