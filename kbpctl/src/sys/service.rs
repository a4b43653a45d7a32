// SPDX-License-Identifier: GPL-2.0
//! What a program tells the service manager that started it: sd_notify(3).

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Says it at the socket of this address, which may be an abstract one (`@name`).
pub(super) fn notify(address: &OsStr, words: &str) -> io::Result<()> {
    let address = match address.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(address)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.send_to_addr(words.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_kind_of_address_is_understood() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        let name = format!("kbpctl-test-{}", std::process::id());
        let named = SocketAddr::from_pathname(&path).expect("an address");
        let abstracted = SocketAddr::from_abstract_name(&name).expect("an address");
        for (address, text) in [
            (named, path.display().to_string()),
            (abstracted, format!("@{name}")),
        ] {
            let manager = UnixDatagram::bind_addr(&address).expect("a socket");
            notify(OsStr::new(&text), "READY=1").expect("somebody listens");
            let mut words = [0; 16];
            let length = manager.recv(&mut words).expect("what was said");
            assert_eq!(&words[..length], b"READY=1");
        }
    }
}
