// SPDX-License-Identifier: GPL-2.0
//! Devices, addresses and routes by netlink: one message each. A line of 64 containers would be
//! hundreds of processes with `ip`, of which an emulated CPU starts some thirty a second.

use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, BorrowedFd};

use netlink_bindings::rt_addr::{self, Ifaddrmsg};
use netlink_bindings::rt_link::{self, IfinfoFlags, Ifinfomsg, PushLinkAttrs};
use netlink_bindings::rt_route::{self, RtmType, Rtmsg};
use netlink_bindings::traits::Pusher;
use netlink_bindings::utils::{finalize_nested_header, push_header, write_header};
use nix::libc;

use crate::guest::netlink::{failed, Netlink};
use crate::{Error, Result};

// What the bindings have no name for: include/uapi/linux/if_link.h, below IFLA_LINKINFO.
const INFO_DATA: u16 = 2;
const VETH_PEER: u16 = 1;
const MACVLAN_MODE: u16 = 1;
const MACVLAN_BRIDGE: u32 = 4;
const VXLAN_ID: u16 = 1;
const VXLAN_LINK: u16 = 3;
const VXLAN_LOCAL: u16 = 4;
const VXLAN_LEARNING: u16 = 7;
const VXLAN_PORT: u16 = 15;
const AF_INET: u8 = libc::AF_INET as u8;

/// A connection; it talks of the namespace in which it was opened.
#[derive(Debug)]
pub(super) struct Rtnl(Netlink);

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

impl End<'_> {
    fn describe<P: Pusher>(self, to: PushLinkAttrs<P>) -> PushLinkAttrs<P> {
        let to = to.push_ifname_bytes(self.name.as_bytes());
        match self.namespace {
            Some(namespace) => to.push_net_ns_fd(namespace.as_raw_fd() as u32),
            None => to,
        }
    }
}

impl Rtnl {
    pub(super) fn open() -> Result<Rtnl> {
        let rtnl = Rtnl(Netlink::default());
        // The first question makes the connection, here.
        rtnl.link("lo")?;
        Ok(rtnl)
    }

    /// A bridge.
    pub(super) fn bridge(&self, name: &str) -> Result<()> {
        self.create(name.into(), "bridge", None, |_| {})
    }

    /// A device that swallows what it sends; macvlan devices on it see each other.
    pub(super) fn dummy(&self, name: &str) -> Result<()> {
        self.create(name.into(), "dummy", None, |_| {})
    }

    /// A macvlan device in bridge mode on the device `parent` of this namespace. It goes with its
    /// parent.
    pub(super) fn macvlan(&self, end: End<'_>, parent: u32) -> Result<()> {
        self.create(end, "macvlan", Some(parent), |data| {
            push(data, MACVLAN_MODE, &MACVLAN_BRIDGE.to_ne_bytes());
        })
    }

    /// A pair of devices; neither outlives the other.
    pub(super) fn veth(&self, one: End<'_>, other: End<'_>) -> Result<()> {
        self.create(one, "veth", None, |data| {
            let peer = write_header(data, VETH_PEER);
            data.extend(Ifinfomsg::default().as_slice());
            other.describe(PushLinkAttrs::new(&mut *data));
            finalize_nested_header(data, peer);
        })
    }

    /// An overlay device as flanneld makes it: no learning, the daemon knows who is where.
    pub(super) fn vxlan(&self, name: &str, id: u32, local: Ipv4Addr, under: u32) -> Result<()> {
        const PORT: u16 = 8472;
        self.create(name.into(), "vxlan", None, |data| {
            push(data, VXLAN_ID, &id.to_ne_bytes());
            push(data, VXLAN_LINK, &under.to_ne_bytes());
            push(data, VXLAN_LOCAL, &local.octets());
            push(data, VXLAN_LEARNING, &[0]);
            push(data, VXLAN_PORT, &PORT.to_be_bytes());
        })
    }

    fn create(
        &self,
        end: End<'_>,
        kind: &str,
        parent: Option<u32>,
        describe: impl FnOnce(&mut Vec<u8>),
    ) -> Result<()> {
        let request = rt_link::Request::new().set_create().set_excl();
        let mut new = request.op_newlink_do(&Ifinfomsg::default());
        let mut device = end.describe(new.encode());
        if let Some(parent) = parent {
            device = device.push_link(parent);
        }
        let mut info = device.nested_linkinfo().push_kind_bytes(kind.as_bytes());
        let data = write_header(info.as_vec_mut(), INFO_DATA);
        describe(info.as_vec_mut());
        finalize_nested_header(info.as_vec_mut(), data);
        info.end_nested();
        let name = end.name;
        self.0.command(&new, format!(
            "cannot make the {kind} device {name} (it needs root, the module {kind} and a free name)"
        ))
    }

    /// Removes a device.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        let mut remove = rt_link::Request::new().op_dellink_do(&Ifinfomsg::default());
        remove.encode().push_ifname_bytes(name.as_bytes());
        let what = format!("cannot remove the device {name}");
        self.0.command(&remove, what)
    }

    /// The device of this name, if there is one.
    pub(super) fn link(&self, name: &str) -> Result<Option<Link>> {
        let mut of = rt_link::Request::new().op_getlink_do(&Ifinfomsg::default());
        of.encode().push_ifname_bytes(name.as_bytes());
        let links = self.0.ask(&of, |(header, link)| {
            let counted = link.get_stats64().ok()?;
            Some(Link {
                index: header.ifi_index as u32,
                received: counted.rx_packets,
                sent: counted.tx_packets,
            })
        });
        match links {
            Ok(links) => Ok(links.first().copied()),
            Err(no) if no.as_io_error().raw_os_error() == Some(libc::ENODEV) => Ok(None),
            Err(error) => Err(failed(format!("cannot look at the device {name}"))(error)),
        }
    }

    /// The number of a device that must be there.
    pub(super) fn index(&self, name: &str) -> Result<u32> {
        let link = self.link(name)?;
        link.map(|link| link.index)
            .ok_or_else(|| Error::Other(format!("there is no device {name} (see `ip link`)")))
    }

    /// Switches a device on.
    pub(super) fn switch_on(&self, index: u32) -> Result<()> {
        let up = IfinfoFlags::Up as u32;
        let on = Ifinfomsg {
            ifi_index: index as i32,
            ifi_flags: up,
            ifi_change: up,
            ..Ifinfomsg::default()
        };
        let set = rt_link::Request::new().op_newlink_do(&on);
        let what = format!("cannot switch on device {index}");
        self.0.command(&set, what)
    }

    /// Makes a device a port of a bridge.
    pub(super) fn put_into(&self, index: u32, bridge: u32) -> Result<()> {
        let port = Ifinfomsg {
            ifi_index: index as i32,
            ..Ifinfomsg::default()
        };
        let mut set = rt_link::Request::new().op_newlink_do(&port);
        set.encode().push_master(bridge);
        let what = format!("cannot put device {index} into bridge {bridge}");
        self.0.command(&set, what)
    }

    /// Gives a device an address.
    pub(super) fn address(&self, index: u32, address: Ipv4Addr, prefix: u8) -> Result<()> {
        let header = Ifaddrmsg {
            ifa_family: AF_INET,
            ifa_prefixlen: prefix,
            ifa_index: index,
            ..Ifaddrmsg::default()
        };
        let request = rt_addr::Request::new().set_create().set_excl();
        let mut new = request.op_newaddr_do(&header);
        new.encode()
            .push_local(address.into())
            .push_address(address.into());
        let what = format!("cannot give {address}/{prefix} to device {index}");
        self.0.command(&new, what)
    }

    /// The first IPv4 address of a device.
    pub(super) fn address_of(&self, index: u32) -> Result<Ipv4Addr> {
        let header = Ifaddrmsg {
            ifa_family: AF_INET,
            ..Ifaddrmsg::default()
        };
        let of = rt_addr::Request::new().op_getaddr_dump(&header);
        let all = self.0.ask(&of, |(header, address)| {
            let local = address.get_local().ok()?;
            let (std::net::IpAddr::V4(local), true) = (local, header.ifa_index == index) else {
                return None;
            };
            Some(local)
        });
        let all = all.map_err(failed("cannot list addresses"))?;
        all.first()
            .copied()
            .ok_or_else(|| Error::Other(format!("device {index} has no IPv4 address: give it one")))
    }

    /// A route by way of `gateway`; everything goes there when the prefix is 0.
    pub(super) fn route(&self, to: (Ipv4Addr, u8), gateway: Ipv4Addr, index: u32) -> Result<()> {
        let (to, prefix) = to;
        let header = Rtmsg {
            rtm_family: AF_INET,
            rtm_dst_len: prefix,
            rtm_table: libc::RT_TABLE_MAIN,
            rtm_protocol: libc::RTPROT_STATIC,
            rtm_type: RtmType::Unicast as u8,
            ..Rtmsg::default()
        };
        let request = rt_route::Request::new().set_create().set_excl();
        let mut new = request.op_newroute_do(&header);
        let mut route = new.encode().push_gateway(gateway.into()).push_oif(index);
        if prefix > 0 {
            route = route.push_dst(to.into());
        }
        drop(route);
        let what = format!("cannot route {to}/{prefix} by way of {gateway}");
        self.0.command(&new, what)
    }
}

/// An attribute that the bindings do not know.
fn push(data: &mut Vec<u8>, kind: u16, value: &[u8]) {
    push_header(data, kind, value.len() as u16);
    data.extend(value);
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
    fn counters_are_the_device_s() {
        let rtnl = Rtnl::open().unwrap();
        let counted = |link: Option<Link>| link.map(|link| (link.received, link.sent)).unwrap();
        let before = counted(rtnl.link("lo").unwrap());
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
        let after = counted(rtnl.link("lo").unwrap());
        assert!(
            after.0 > before.0 && after.1 > before.1,
            "{before:?} {after:?}"
        );
    }
}
