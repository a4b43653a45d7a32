// SPDX-License-Identifier: GPL-2.0
//! Errors of the kernel: numbers of `include/uapi/asm-generic/errno*.h`.

use core::ffi::c_int;
use core::num::NonZeroI32;

/// A negative errno.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(NonZeroI32);

/// What most functions return.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

impl Error {
    /// The negative number, as C functions return it.
    pub fn to_errno(self) -> c_int {
        self.0.get()
    }
}

/// From what a C function returned: negative is an error.
pub fn to_result(returned: c_int) -> Result {
    match NonZeroI32::new(returned) {
        Some(errno) if returned < 0 => Err(Error(errno)),
        _ => Ok(()),
    }
}

/// The errors by name.
pub mod code {
    use super::Error;
    use core::num::NonZeroI32;

    macro_rules! codes {
        ($($name:ident = $number:literal: $what:literal),* $(,)?) => {
            $(
                #[doc = $what]
                pub const $name: Error = match NonZeroI32::new(-$number) {
                    Some(errno) => Error(errno),
                    None => panic!("no error has the number 0"),
                };
            )*
        };
    }

    codes! {
        EPERM = 1: "Operation not permitted.",
        ENOENT = 2: "No such file or directory.",
        ENOMEM = 12: "Out of memory.",
        EBUSY = 16: "Device or resource busy.",
        ENODEV = 19: "No such device.",
        EINVAL = 22: "Invalid argument.",
        ENOTTY = 25: "Not a typewriter.",
        EPROTO = 71: "Protocol error.",
        EOPNOTSUPP = 95: "Operation not supported on transport endpoint.",
        ETIMEDOUT = 110: "Connection timed out.",
    }
}
