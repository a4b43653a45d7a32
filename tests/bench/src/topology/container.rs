// SPDX-License-Identifier: GPL-2.0
//! One container behind a bridge: Docker's, Kubernetes' and podman's ways to give it a network.

use std::net::Ipv4Addr;

use super::made::Made;
use super::namespace::Namespace;
use super::rules::Entry;
use super::ruleset;
use crate::Result;

/// What all of them call the device inside.
pub(super) const INSIDE: &str = "eth0";
/// Podman's bridge of that network, which goes with the last container.
const BRIDGE: &str = "podman0";
const OVERLAY: &str = "flannel.1";

/// As `docker run -p 7:7/udp` does: bridge, veth pair, NAT, a firewall that lets in what was
/// published. The bridge has a name of its own, so that a real Docker is not disturbed.
pub(super) fn docker(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    let container = Ipv4Addr::new(172, 17, 0, 2);
    let network = Network {
        bridge: "kbp-docker0",
        port: "kbp-docker-veth",
        gateway: Ipv4Addr::new(172, 17, 0, 1),
        prefix: 16,
        container,
    };
    made.rules(&entry.docker(container, network.bridge))?;
    made.forward()?;
    network.make(made)?;
    Ok(container)
}

/// As a Kubernetes node with flannel does: the pod on the bridge of flannel's network plug-in, and
/// the rules of kube-proxy, in which our service has others before it.
///
/// The overlay's device is there and has no part: the pod is on the node that the packets come to.
/// It was not in the route of the KBP paper's tests either. So the pod's MTU may stay at 1500,
/// where a real flannel.1 takes 50 bytes of each.
pub(super) fn pod(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    let container = Ipv4Addr::new(10, 244, 1, 2);
    let network = Network {
        bridge: "cni0",
        port: "kbp-pod-veth",
        gateway: Ipv4Addr::new(10, 244, 1, 1),
        prefix: 24,
        container,
    };
    made.rules(&entry.pod(container, network.bridge))?;
    made.forward()?;
    made.filter_bridges()?;
    let guest = &made.guest.route;
    let under = guest.index(&entry.interface)?;
    guest.vxlan(OVERLAY, 1, entry.address, under)?;
    made.owes(OVERLAY);
    let overlay = made.switch_on(OVERLAY)?;
    let subnet = Ipv4Addr::new(10, 244, 1, 0);
    made.guest.route.address(overlay, subnet, 32)?;
    network.make(made)?;
    Ok(container)
}

/// Has podman start a container with a published port.
pub(super) fn podman(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    // Podman makes the guest a router and leaves it one.
    made.forward()?;
    let process = made.container(entry.port)?;
    // A flow of before would go on to where it was translated to, a container that is no more.
    ruleset::forget_connections()?;
    let namespace = Namespace::of(&process)?;
    let route = &namespace.route;
    let address = route.address_of(route.index(INSIDE)?)?;
    made.namespaces.push(namespace);
    made.fading = Some(BRIDGE);
    Ok(address)
}

/// A bridge of the guest and the one container at it.
struct Network {
    bridge: &'static str,
    /// The guest's end of the container's cable.
    port: &'static str,
    gateway: Ipv4Addr,
    prefix: u8,
    container: Ipv4Addr,
}

impl Network {
    fn make(&self, made: &mut Made) -> Result<()> {
        made.guest.route.bridge(self.bridge)?;
        made.owes(self.bridge);
        let bridge = made.switch_on(self.bridge)?;
        let guest = &made.guest.route;
        guest.address(bridge, self.gateway, self.prefix)?;
        let namespace = Namespace::create(false)?;
        guest.veth(self.port.into(), namespace.end(INSIDE))?;
        made.fading = Some(self.port);
        guest.put_into(guest.index(self.port)?, bridge)?;
        made.switch_on(self.port)?;
        let route = &namespace.route;
        let device = route.index(INSIDE)?;
        route.address(device, self.container, self.prefix)?;
        route.switch_on(device)?;
        route.route((Ipv4Addr::UNSPECIFIED, 0), self.gateway, device)?;
        made.namespaces.push(namespace);
        Ok(())
    }
}
