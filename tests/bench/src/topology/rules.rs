// SPDX-License-Identifier: GPL-2.0
//! The rules of each place, as `nft -f` reads them: `nft/*.nft` after the definitions they use.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// Services of a cluster that come before ours in kube-proxy's chain: its iptables mode looks at
/// one after the other.
const SERVICES: u8 = 40;

/// Who is to be reached, and as whom.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The device that packets come in by.
    pub(super) interface: String,
    /// Its address, to which they are sent.
    pub(super) address: Ipv4Addr,
    /// The UDP port, outside and inside.
    pub(super) port: u16,
}

impl Entry {
    /// The rules of a place, whose receiver is in `container` behind `bridge`, if there is one.
    fn rules(&self, place: &str, container: Ipv4Addr, bridge: &str) -> String {
        format!(
            "define INTERFACE = \"{}\"\ndefine ADDRESS = {}\ndefine PORT = {}\n\
             define CONTAINER = {container}\ndefine BRIDGE = \"{bridge}\"\n{place}",
            self.interface, self.address, self.port
        )
    }

    /// For a container behind Docker's bridge.
    pub(super) fn docker(&self, container: Ipv4Addr, bridge: &str) -> String {
        self.rules(include_str!("nft/docker.nft"), container, bridge)
    }

    /// For a pod behind the services of its cluster.
    pub(super) fn pod(&self, container: Ipv4Addr, bridge: &str) -> String {
        let rules = other_services() + include_str!("nft/pod.nft");
        self.rules(&rules, container, bridge)
    }

    /// For the last container of a line.
    pub(super) fn line(&self, container: Ipv4Addr) -> String {
        self.rules(include_str!("nft/line.nft"), container, "")
    }
}

/// The chains of services that nobody uses here, each with one pod on another node.
fn other_services() -> String {
    let (mut services, mut chains) = (String::new(), String::new());
    for n in 1..=SERVICES {
        let to = format!("ip daddr 10.96.1.{n} tcp dport 443");
        // Writing to a String does not fail.
        let _ = writeln!(services, "\t\t{to} counter jump KUBE-SVC-{n:016}");
        let _ = write!(
            chains,
            "\tchain KUBE-SVC-{n:016} {{\n\
             \t\tip saddr != 10.244.0.0/16 {to} counter jump KUBE-MARK-MASQ\n\
             \t\tcounter jump KUBE-SEP-{n:016}\n\t}}\n\
             \tchain KUBE-SEP-{n:016} {{\n\
             \t\tip saddr 10.244.2.{n} counter jump KUBE-MARK-MASQ\n\
             \t\tmeta l4proto tcp counter dnat to 10.244.2.{n}:8443\n\t}}\n"
        );
    }
    format!(
        "table ip kbp_topology {{\n\tchain KUBE-MARK-MASQ {{\n\t}}\n\tchain KUBE-SERVICES {{\n{services}\t}}\n{chains}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_rules_use_is_defined_and_the_pods_service_comes_after_all_others() {
        let entry = Entry {
            interface: "eth0".into(),
            address: [10, 77, 0, 2].into(),
            port: 7,
        };
        let to = Ipv4Addr::new(172, 17, 0, 2);
        let pod = entry.pod(to, "b0");
        for rules in [&entry.docker(to, "b0"), &pod, &entry.line(to)] {
            let used: Vec<&str> = rules.split('$').skip(1).collect();
            assert!(!used.is_empty());
            for rest in used {
                let name = rest.split(|c: char| !c.is_ascii_alphabetic()).next();
                let define = format!("define {} = ", name.unwrap());
                assert_eq!(rules.matches(&define).count(), 1, "{define} in {rules}");
            }
        }
        let ours = pod.find("jump KUBE-EXT-ECHO").unwrap();
        let other = "tcp dport 443 counter jump KUBE-SVC-";
        let before = pod[..ours].matches(other).count();
        assert_eq!((before, pod.matches(other).count()), (40, 40));
    }
}
