// SPDX-License-Identifier: GPL-2.0
//! Devices, addresses and routes by netlink: one message each. A line of 64 containers would be hundreds
//! of processes with `ip`, of which an emulated CPU starts some thirty a second.

use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{socket, AddressFamily, SocketType};

use crate::guest::netlink::{attribute, converse, find, request, ACK, DUMP, REQUEST};
use crate::{Error, Result};

const NEW_LINK: u16 = 16;
const DEL_LINK: u16 = 17;
const GET_LINK: u16 = 18;
const NEW_ADDRESS: u16 = 20;
const GET_ADDRESS: u16 = 22;
const NEW_ROUTE: u16 = 24;
/// NLM_F_CREATE and NLM_F_EXCL: it must not be there yet.
const CREATE: u16 = 0x600;

// Attributes of include/uapi/linux/if_link.h, of what is below them, and of addresses and routes.
const IFLA_IFNAME: u16 = 3;
const IFLA_LINK: u16 = 5;
const IFLA_MASTER: u16 = 10;
const IFLA_LINKINFO: u16 = 18;
const IFLA_STATS64: u16 = 23;
const IFLA_NET_NS_FD: u16 = 28;
const INFO_KIND: u16 = 1;
const INFO_DATA: u16 = 2;
const VETH_PEER: u16 = 1;
const MACVLAN_MODE: u16 = 1;
const MACVLAN_BRIDGE: u32 = 4;
const VXLAN_ID: u16 = 1;
const VXLAN_LINK: u16 = 3;
const VXLAN_LOCAL: u16 = 4;
const VXLAN_LEARNING: u16 = 7;
const VXLAN_PORT: u16 = 15;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const TABLE_MAIN: u8 = 254;
const PROTOCOL_STATIC: u8 = 4;
const TYPE_UNICAST: u8 = 1;
const IFF_UP: u32 = 1;
const AF_INET: u8 = 2;
/// Length of ifinfomsg and of ifaddrmsg, less the four bytes that every answer lacks.
const LINK_REST: usize = 12;
const ADDRESS_REST: usize = 4;

/// A connection; it talks of the namespace in which it was opened.
#[derive(Debug)]
pub(super) struct Rtnl(OwnedFd);

/// A device to be: its name, and the namespace that gets it if that is not the connection's.
#[derive(Debug, Clone, Copy)]
pub(super) struct End<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: Option<BorrowedFd<'a>>,
}

/// What a device has counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) index: u32,
    pub(super) received: u64,
    pub(super) sent: u64,
}

impl<'a> From<&'a str> for End<'a> {
    fn from(name: &'a str) -> End<'a> {
        End {
            name,
            namespace: None,
        }
    }
}

impl Rtnl {
    pub(super) fn open() -> Result<Rtnl> {
        socket(AddressFamily::NETLINK, SocketType::RAW, None)
            .map(Rtnl)
            .map_err(Error::doing("cannot open a netlink socket"))
    }

    /// A bridge.
    pub(super) fn bridge(&self, name: &str) -> Result<()> {
        self.create(name.into(), "bridge", &[], None)
    }

    /// A device that swallows what it sends; macvlan devices on it see each other.
    pub(super) fn dummy(&self, name: &str) -> Result<()> {
        self.create(name.into(), "dummy", &[], None)
    }

    /// A macvlan device in bridge mode on the device `parent` of this namespace. It goes with its parent.
    pub(super) fn macvlan(&self, end: End<'_>, parent: u32) -> Result<()> {
        let mode = attribute(MACVLAN_MODE, &MACVLAN_BRIDGE.to_ne_bytes());
        self.create(end, "macvlan", &mode, Some(parent))
    }

    /// A pair of devices; neither outlives the other.
    pub(super) fn veth(&self, one: End<'_>, other: End<'_>) -> Result<()> {
        let mut peer = vec![0; 4 + LINK_REST];
        peer.extend(self.of_end(other));
        self.create(one, "veth", &attribute(VETH_PEER, &peer), None)
    }

    /// An overlay device as flanneld makes it: no learning, the daemon knows who is where.
    pub(super) fn vxlan(&self, name: &str, id: u32, local: Ipv4Addr, under: u32) -> Result<()> {
        const PORT: u16 = 8472;
        let data = [
            attribute(VXLAN_ID, &id.to_ne_bytes()),
            attribute(VXLAN_LINK, &under.to_ne_bytes()),
            attribute(VXLAN_LOCAL, &local.octets()),
            attribute(VXLAN_LEARNING, &[0]),
            attribute(VXLAN_PORT, &PORT.to_be_bytes()),
        ];
        self.create(name.into(), "vxlan", &data.concat(), None)
    }

    fn create(&self, end: End<'_>, kind: &str, data: &[u8], parent: Option<u32>) -> Result<()> {
        let mut attributes = self.of_end(end);
        if let Some(parent) = parent {
            attributes.extend(attribute(IFLA_LINK, &parent.to_ne_bytes()));
        }
        let mut info = attribute(INFO_KIND, kind.as_bytes());
        info.extend(attribute(INFO_DATA, data));
        attributes.extend(attribute(IFLA_LINKINFO, &info));
        self.ask(NEW_LINK, ACK | CREATE, &link_header(0, 0), &attributes)
            .map(drop)
            .map_err(Error::doing(format!(
                "cannot make the {kind} device {} (it needs root, the module {kind} and a free name)",
                end.name
            )))
    }

    fn of_end(&self, end: End<'_>) -> Vec<u8> {
        let mut attributes = attribute(IFLA_IFNAME, &name_bytes(end.name));
        if let Some(namespace) = end.namespace {
            let number = namespace.as_raw_fd().to_ne_bytes();
            attributes.extend(attribute(IFLA_NET_NS_FD, &number));
        }
        attributes
    }

    /// Removes a device.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        let of = attribute(IFLA_IFNAME, &name_bytes(name));
        self.ask(DEL_LINK, ACK, &link_header(0, 0), &of)
            .map(drop)
            .map_err(Error::doing(format!("cannot remove the device {name}")))
    }

    /// The device of this name, if there is one.
    pub(super) fn link(&self, name: &str) -> Result<Option<Link>> {
        let of = attribute(IFLA_IFNAME, &name_bytes(name));
        let answers = match self.ask(GET_LINK, ACK, &link_header(0, 0), &of) {
            Err(Errno::NODEV) => return Ok(None),
            other => other.map_err(Error::doing(format!("cannot look at the device {name}")))?,
        };
        Ok(answers.iter().find_map(|answer| read_link(answer)))
    }

    /// The number of a device that must be there.
    pub(super) fn index(&self, name: &str) -> Result<u32> {
        let link = self.link(name)?;
        link.map(|link| link.index)
            .ok_or_else(|| Error::Other(format!("there is no device {name} (see `ip link`)")))
    }

    /// Switches a device on.
    pub(super) fn switch_on(&self, index: u32) -> Result<()> {
        self.ask(NEW_LINK, ACK, &link_header(index, IFF_UP), &[])
            .map(drop)
            .map_err(Error::doing(format!("cannot switch on device {index}")))
    }

    /// Makes a device a port of a bridge.
    pub(super) fn put_into(&self, index: u32, bridge: u32) -> Result<()> {
        let master = attribute(IFLA_MASTER, &bridge.to_ne_bytes());
        self.ask(NEW_LINK, ACK, &link_header(index, 0), &master)
            .map(drop)
            .map_err(Error::doing(format!(
                "cannot put device {index} into bridge {bridge}"
            )))
    }

    /// Gives a device an address.
    pub(super) fn address(&self, index: u32, address: Ipv4Addr, prefix: u8) -> Result<()> {
        let mut attributes = attribute(IFA_LOCAL, &address.octets());
        attributes.extend(attribute(IFA_ADDRESS, &address.octets()));
        let mut first = vec![AF_INET, prefix, 0, 0];
        first.extend(index.to_ne_bytes());
        self.ask(NEW_ADDRESS, ACK | CREATE, &first, &attributes)
            .map(drop)
            .map_err(Error::doing(format!(
                "cannot give {address}/{prefix} to device {index}"
            )))
    }

    /// The first IPv4 address of a device.
    pub(super) fn address_of(&self, index: u32) -> Result<Ipv4Addr> {
        let all = self
            .ask(GET_ADDRESS, DUMP, &[AF_INET, 0, 0, 0, 0, 0, 0, 0], &[])
            .map_err(Error::doing("cannot list addresses"))?;
        all.iter()
            .find_map(|answer| {
                let of = u32::from_ne_bytes(*answer.first_chunk()?);
                let bytes: [u8; 4] = find(answer.get(ADDRESS_REST..)?, IFA_LOCAL)?
                    .try_into()
                    .ok()?;
                (of == index).then_some(bytes.into())
            })
            .ok_or_else(|| Error::Other(format!("device {index} has no IPv4 address: give it one")))
    }

    /// A route by way of `gateway`; everything goes there when the prefix is 0.
    pub(super) fn route(&self, to: (Ipv4Addr, u8), gateway: Ipv4Addr, index: u32) -> Result<()> {
        let (to, prefix) = to;
        let mut attributes = attribute(RTA_GATEWAY, &gateway.octets());
        attributes.extend(attribute(RTA_OIF, &index.to_ne_bytes()));
        if prefix > 0 {
            attributes.extend(attribute(RTA_DST, &to.octets()));
        }
        let first = [
            AF_INET,
            prefix,
            0,
            0,
            TABLE_MAIN,
            PROTOCOL_STATIC,
            0,
            TYPE_UNICAST,
            0,
            0,
            0,
            0,
        ];
        self.ask(NEW_ROUTE, ACK | CREATE, &first, &attributes)
            .map(drop)
            .map_err(Error::doing(format!(
                "cannot route {to}/{prefix} by way of {gateway}"
            )))
    }

    fn ask(
        &self,
        kind: u16,
        flags: u16,
        first: &[u8],
        attributes: &[u8],
    ) -> rustix::io::Result<Vec<Vec<u8>>> {
        converse(&self.0, &request(kind, REQUEST | flags, first, attributes))
    }
}

/// An ifinfomsg; flags that are set are also those that change.
fn link_header(index: u32, flags: u32) -> Vec<u8> {
    let mut out = vec![0; 4];
    for word in [index, flags, flags] {
        out.extend(word.to_ne_bytes());
    }
    out
}

fn name_bytes(name: &str) -> Vec<u8> {
    [name.as_bytes(), &[0]].concat()
}

fn read_link(answer: &[u8]) -> Option<Link> {
    let stats = find(answer.get(LINK_REST..)?, IFLA_STATS64)?;
    let number = |at: usize| Some(u64::from_ne_bytes(stats.get(at..at + 8)?.try_into().ok()?));
    Some(Link {
        index: u32::from_ne_bytes(*answer.first_chunk()?),
        received: number(0)?,
        sent: number(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_device_is_found_and_another_is_not() {
        let rtnl = Rtnl::open().unwrap();
        assert_eq!(rtnl.index("lo").unwrap(), 1);
        assert_eq!(rtnl.link("nowhere0").unwrap(), None);
        let error = rtnl.index("nowhere0").unwrap_err().to_string();
        assert!(error.contains("nowhere0"), "{error}");
    }

    #[test]
    fn counters_are_read_where_the_kernel_puts_them() {
        let mut answer = 7_u32.to_ne_bytes().to_vec();
        answer.resize(LINK_REST, 0);
        let counters = [5_u64, 6, 700].map(u64::to_ne_bytes).concat();
        answer.extend(attribute(IFLA_IFNAME, b"in\0"));
        answer.extend(attribute(IFLA_STATS64, &counters));
        let link = Link {
            index: 7,
            received: 5,
            sent: 6,
        };
        assert_eq!(read_link(&answer), Some(link));
        assert_eq!(read_link(&answer[..LINK_REST]), None);
    }
}
