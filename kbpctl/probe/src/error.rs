// SPDX-License-Identifier: GPL-2.0
//! What can go wrong, in three parts: what did not happen, why, and the cure.

use std::io;
use std::net::SocketAddr;

/// A failed measurement or reflector.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}; {cure}")]
pub struct Error {
    /// Whose fault it is.
    pub kind: Kind,
    /// What did not happen.
    pub what: String,
    /// Why: the value and the rule.
    pub why: String,
    /// What can be done.
    pub cure: String,
}

/// Sorts of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is impossible.
    Request,
    /// The system or the peer did not do its part.
    Failed,
    /// The caller lacks a privilege.
    Permission,
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What was asked for is impossible.
    pub(crate) fn request(
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error::new(Kind::Request, what, why, cure)
    }

    /// It could not be done.
    pub(crate) fn failed(
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error::new(Kind::Failed, what, why, cure)
    }

    /// A system call failed.
    pub(crate) fn system<E: Into<io::Error>>(
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> impl FnOnce(E) -> Error {
        let (what, cure) = (what.into(), cure.into());
        move |source| {
            let source = source.into();
            let kind = match source.kind() {
                io::ErrorKind::PermissionDenied => Kind::Permission,
                _ => Kind::Failed,
            };
            Error::new(kind, what, source.to_string(), cure)
        }
    }

    /// The same, of a socket for `address`.
    pub(crate) fn socket(
        what: impl Into<String>,
        address: SocketAddr,
        cure: impl Into<String>,
    ) -> impl FnOnce(io::Error) -> Error {
        let (what, cure) = (what.into(), cure.into());
        move |source| match loopback_is_down(address, &source) {
            Some(why) => Error::failed(what, why, "bring it up (ip link set lo up)"),
            None => Error::system(what, cure)(source),
        }
    }

    fn new(
        kind: Kind,
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Error {
        Error {
            kind,
            what: what.into(),
            why: why.into(),
            cure: cure.into(),
        }
    }
}

/// Addresses of the loopback interface, and the ways to them, come and go with it.
fn loopback_is_down(address: SocketAddr, error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    let without = matches!(
        error.kind(),
        AddrNotAvailable | HostUnreachable | NetworkUnreachable
    );
    match (address.ip().is_loopback() && without, address.is_ipv6()) {
        (false, _) => None,
        (true, false) => Some("the loopback interface lo is down"),
        (true, true) => Some("the loopback interface lo is down, or IPv6 is off there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &str, kind: io::ErrorKind) -> String {
        let address = address.parse().expect("an address");
        Error::socket("cannot", address, "do something else")(kind.into()).to_string()
    }

    #[test]
    fn a_loopback_interface_that_is_down_is_named() {
        for kind in [
            io::ErrorKind::AddrNotAvailable,
            io::ErrorKind::NetworkUnreachable,
        ] {
            assert_eq!(
                said("127.0.0.1:0", kind),
                "cannot: the loopback interface lo is down; bring it up (ip link set lo up)"
            );
            assert!(said("[::1]:7777", kind).contains("lo is down, or IPv6 is off there"));
            assert!(said("192.0.2.1:7777", kind).ends_with("; do something else"));
        }
        let taken = said("127.0.0.1:7777", io::ErrorKind::AddrInUse);
        assert!(taken.ends_with("; do something else"), "{taken}");
    }
}
