// SPDX-License-Identifier: GPL-2.0
//! The table of rules in the kernel: loaded, asked, removed.

use netlink_bindings::traits::{NetlinkRequest, Protocol};
use nix::libc;
use serde_json::Value;

use crate::guest::netlink::{ask, failed};
use crate::guest::program;
use crate::{Error, Result};

/// Loads rules as one transaction; refuses when the table is there.
pub(super) fn load(rules: &str) -> Result<()> {
    let whole = format!("create table ip kbp_topology\n{rules}");
    match nft(&["-f", "-"], &whole) {
        Err(Error::Other(text)) if text.contains("File exists") => Err(Error::Other(format!(
            "there is a table kbp_topology: another topology is up, or one was killed (then `nft delete table \
             ip kbp_topology`, and `ip link` shows the rest): {text}"
        ))),
        other => other.map(drop),
    }
}

/// Removes a table.
pub(super) fn remove(family: &str, name: &str) -> Result<()> {
    nft(&["delete", "table", family, name], "").map(drop)
}

/// The packets that the rules with this counter have taken.
pub(super) fn counted(name: &str) -> Result<u64> {
    let text = nft(&["-j", "list", "counter", "ip", "kbp_topology", name], "")?;
    let packets = serde_json::from_str::<Value>(&text)
        .ok()
        // Before it stands what nft says of itself.
        .and_then(|said| said["nftables"][1]["counter"]["packets"].as_u64());
    packets.ok_or_else(|| {
        Error::Other(format!(
            "nft shows no packets of the counter {name}: {text}"
        ))
    })
}

/// Forgets which flows were translated to whom: the next topology gets packets of the same flows,
/// which would go to a container that is no more.
pub(super) fn forget_connections() -> Result<()> {
    match ask(&Forget, |()| None::<()>) {
        // Older kernels say so when there was none.
        Err(none) if none.as_io_error().raw_os_error() == Some(libc::ENOENT) => Ok(()),
        other => other.map(drop).map_err(failed(
            "cannot flush the connection tracking (module nf_conntrack_netlink)",
        )),
    }
}

/// Deletes what is known of all IPv4 flows. The bindings can only list them.
struct Forget;

impl NetlinkRequest for Forget {
    type ReplyType<'a> = ();

    fn protocol(&self) -> Protocol {
        const IPCTNL_MSG_CT_DELETE: u16 = 2;
        Protocol::Raw {
            protonum: libc::NETLINK_NETFILTER as u16,
            request_type: ((libc::NFNL_SUBSYS_CTNETLINK as u16) << 8) | IPCTNL_MSG_CT_DELETE,
        }
    }

    fn flags(&self) -> u16 {
        0
    }

    fn payload(&self) -> &[u8] {
        // A nfgenmsg without attributes.
        &[libc::AF_INET as u8, 0, 0, 0]
    }

    fn decode_reply(_: &[u8]) {}
}

fn nft(words: &[&str], input: &str) -> Result<String> {
    program::run_with("nft", words, input, " (the guest needs the tool nft)")
}
