// SPDX-License-Identifier: GPL-2.0
//! What a guest's NIC is to be.

use std::str::FromStr;

/// One NIC of a guest, a virtio one unless it is a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nic {
    /// QEMU is at the other end of its rings.
    Cable {
        /// How many queue pairs it has. More than one needs root and `/dev/net/tun` on the host.
        queues: u16,
    },
    /// Open vSwitch with DPDK is, as vhost-user; the cable leads through it. One queue pair. Needs root,
    /// `/dev/net/tun`, what `kbuild.sh ovs` fetches, and a core of the host for the thread that polls.
    OvsDpdk,
    /// QEMU emulates a device that somebody sells, or another hypervisor has. One queue pair.
    Model(Model),
}

/// A NIC that QEMU emulates; each has the name of its device in QEMU and of its driver in Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// VMware's, whose driver arms its interrupt whatever NAPI says. In every Debian kernel.
    Vmxnet3,
    /// Intel's 82574L; not in the kernels for clouds.
    E1000e,
    /// Intel's 82576; not in the kernels for clouds.
    Igb,
}

impl Model {
    /// All of them.
    pub const ALL: [Model; 3] = [Model::Vmxnet3, Model::E1000e, Model::Igb];

    /// Its name, in QEMU and in Linux.
    pub fn name(self) -> &'static str {
        match self {
            Model::Vmxnet3 => "vmxnet3",
            Model::E1000e => "e1000e",
            Model::Igb => "igb",
        }
    }
}

impl FromStr for Nic {
    type Err = String;

    /// `queues=N`, `ovs-dpdk` or `model=NAME`.
    fn from_str(text: &str) -> Result<Nic, String> {
        let cable = |queues: &str| {
            let queues = queues.parse().ok().filter(|n| (1..=64).contains(n))?;
            Some(Nic::Cable { queues })
        };
        let model = |name| Model::ALL.into_iter().find(|model| model.name() == name);
        let nic = match text.split_once('=') {
            None if text == "ovs-dpdk" => Some(Nic::OvsDpdk),
            Some(("queues", queues)) => cable(queues),
            Some(("model", name)) => model(name).map(Nic::Model),
            _ => None,
        };
        nic.ok_or_else(|| {
            let models = Model::ALL.map(Model::name).join(", ");
            format!("it must be queues=N with N from 1 to 64, ovs-dpdk, or model= one of {models}")
        })
    }
}
