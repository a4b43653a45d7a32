// SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note
//! The ioctls of `/dev/kbp`.
#![allow(unsafe_code, reason = "ioctl(2) has no safe form")]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::sys::ioctl::ioctl_num_type;

use crate::{
    kbp_change, kbp_core_status, kbp_info, kbp_napi_status, KBP_IOC_CONFIGURE, KBP_IOC_CORE_STATUS,
    KBP_IOC_DISABLE, KBP_IOC_ENABLE, KBP_IOC_INFO, KBP_IOC_MAGIC, KBP_IOC_NAPI_STATUS,
};

/// One ioctl. The number that nix makes of direction, number and layout is the header's.
macro_rules! call {
    ($name:ident: $header:ident = $direction:ident / $code:ident ($number:literal, $layout:ty)) => {
        pub(crate) fn $name(device: &File, argument: &mut $layout) -> io::Result<()> {
            nix::$direction!(request, KBP_IOC_MAGIC, $number, $layout);
            const _: () = assert!(
                nix::$code!(KBP_IOC_MAGIC, $number, size_of::<$layout>())
                    == $header as ioctl_num_type
            );
            // SAFETY: the argument is valid for reads and writes of the layout whose size is in
            // the number, so the kernel reads and writes nothing beyond it.
            unsafe { request(device.as_raw_fd(), argument) }?;
            Ok(())
        }
    };
}

call!(info: KBP_IOC_INFO = ioctl_read / request_code_read (0, kbp_info));
call!(enable: KBP_IOC_ENABLE = ioctl_readwrite / request_code_readwrite (1, kbp_change));
call!(disable: KBP_IOC_DISABLE = ioctl_readwrite / request_code_readwrite (2, kbp_change));
call!(core_status: KBP_IOC_CORE_STATUS = ioctl_readwrite / request_code_readwrite (3, kbp_core_status));
call!(configure: KBP_IOC_CONFIGURE = ioctl_readwrite / request_code_readwrite (4, kbp_change));
call!(napi_status: KBP_IOC_NAPI_STATUS = ioctl_readwrite / request_code_readwrite (5, kbp_napi_status));
