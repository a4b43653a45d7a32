// SPDX-License-Identifier: GPL-2.0
//! What of network interfaces sysfs does not show, by netlink.

use std::ffi::CString;
use std::io;

use netlink_bindings::rt_link::{Ifinfomsg, Request};
use netlink_socket2::NetlinkSocket;

/// The interface that also has this name. It may be longer than the name of an interface, so the
/// ioctls of old cannot ask.
pub(super) fn other_name_of(name: &str) -> io::Result<String> {
    let name = CString::new(name)?;
    let mut ask = Request::new().op_getlink_do(&Ifinfomsg::new());
    ask.encode().push_alt_ifname(&name);
    let mut socket = NetlinkSocket::new();
    let mut reply = socket.request(&ask)?;
    let (_, link) = reply.recv_one()?;
    let found = link.get_ifname().map_err(io::Error::other)?;
    Ok(found.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use nix::libc;

    use super::*;

    #[test]
    fn the_kernel_knows_names() {
        // Its first name serves, too, and everybody may ask.
        assert_eq!(other_name_of("lo").expect("the loopback interface"), "lo");
        let long = "a-name-that-is-longer-than-that-of-an-interface";
        let error = other_name_of(long).expect_err("nobody has it");
        assert_eq!(error.raw_os_error(), Some(libc::ENODEV), "{error}");
    }
}
