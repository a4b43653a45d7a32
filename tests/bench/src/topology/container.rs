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

/// As `docker run -p 7:7/udp` does: bridge, veth pair, NAT, a firewall that lets in what was
/// published. The bridge has a name of its own, so that a real Docker is not disturbed.
pub(super) fn docker(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    let network = Network {
        bridge: "kbp-docker0",
        port: "kbp-docker-veth",
        gateway: Ipv4Addr::new(172, 17, 0, 1),
        prefix: 16,
        container: Ipv4Addr::new(172, 17, 0, 2),
    };
    made.rules(&entry.docker(network.container, network.bridge))?;
    made.forward()?;
    network.make(made)
}

/// As a Kubernetes node with flannel does: the pod on the bridge of flannel's network plug-in, and
/// the rules of kube-proxy, in which our service has others before it.
///
/// The overlay's device is there and has no part: the pod is on the node that the packets come to.
/// It was not in the route of the KBP paper's tests either. So the pod's MTU may stay at 1500,
/// where a real flannel.1 takes 50 bytes of each.
pub(super) fn pod(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    let network = Network {
        bridge: "cni0",
        port: "kbp-pod-veth",
        gateway: Ipv4Addr::new(10, 244, 1, 1),
        prefix: 24,
        container: Ipv4Addr::new(10, 244, 1, 2),
    };
    made.rules(&entry.pod(network.container, network.bridge))?;
    made.forward()?;
    made.filter_bridges()?;
    // As flanneld makes it: no learning, the daemon knows who is where.
    let (under, local) = (&entry.interface, entry.address);
    let overlay = format!("vxlan id 1 dev {under} local {local} dstport 8472 nolearning");
    made.device("flannel.1", &overlay)?;
    made.guest
        .ip("link set flannel.1 up\naddress add 10.244.1.0/32 dev flannel.1\n")?;
    network.make(made)
}

/// Has podman start a container with a published port.
pub(super) fn podman(made: &mut Made, entry: &Entry) -> Result<Ipv4Addr> {
    // Podman makes the guest a router and leaves it one.
    made.forward()?;
    let process = made.container(entry.port, BRIDGE)?;
    // A flow of before would go on to where it was translated to, a container that is no more.
    ruleset::forget_connections()?;
    let namespace = Namespace::of(&process)?;
    let address = namespace.address_of(INSIDE)?;
    made.namespaces.push(namespace);
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
    fn make(&self, made: &mut Made) -> Result<Ipv4Addr> {
        let Network {
            bridge,
            port,
            gateway,
            prefix,
            container,
        } = self;
        made.device(bridge, "bridge")?;
        let namespace = Namespace::create(false)?;
        namespace.ip(&format!(
            "link set lo up\n\
             link add {INSIDE} type veth peer name {port} netns {guest}\n\
             address add {container}/{prefix} dev {INSIDE}\n\
             link set {INSIDE} up\n\
             route add default via {gateway}\n",
            guest = made.guest.path()
        ))?;
        made.namespaces.push(namespace);
        made.fades(port);
        made.guest.ip(&format!(
            "link set {bridge} up\n\
             address add {gateway}/{prefix} dev {bridge}\n\
             link set {port} master {bridge} up\n"
        ))?;
        Ok(*container)
    }
}
