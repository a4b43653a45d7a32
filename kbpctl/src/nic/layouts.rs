// SPDX-License-Identifier: GPL-2.0
//! The vectors of NICs as their drivers name them, and which of them receive.

use super::vectors::{number, receiving, roles, Role, Vector};

/// Driver, interface, receive queues (0: unknown); vectors that receive; those that do not.
type Layout = (
    &'static str,
    &'static str,
    usize,
    &'static [&'static str],
    &'static [&'static str],
);

const LAYOUTS: [Layout; 41] = [
    (
        "hinic",
        "eth4",
        2,
        &["eth4_rxq0", "eth4_rxq1"],
        &["eth4_txq0", "eth4_txq1"],
    ),
    (
        "virtio_net",
        "ens3",
        2,
        &["virtio0-input.0", "virtio0-input.1"],
        &["virtio0-config", "virtio0-output.0", "virtio0-output.1"],
    ),
    (
        "virtio_net, one vector for all",
        "ens3",
        1,
        &["virtio0-virtqueues"],
        &["virtio0-config"],
    ),
    (
        "ena",
        "ens5",
        2,
        &["ens5-Tx-Rx-0", "ens5-Tx-Rx-1"],
        &["ena-mgmnt@pci:0000:00:05.0"],
    ),
    (
        "mlx4",
        "eth2",
        2,
        &["mlx4-1@0000:08:00.0", "mlx4-2@0000:08:00.0"],
        &["mlx4-async@pci:0000:08:00.0"],
    ),
    (
        "mlx5",
        "enp129s0f0np0",
        2,
        &["mlx5_comp0@pci:0000:81:00.0", "mlx5_comp1@pci:0000:81:00.0"],
        &["mlx5_async0@pci:0000:81:00.0"],
    ),
    (
        "mlx5 before 5.x",
        "enp129s0f0",
        1,
        &["mlx5_comp0@pci:0000:81:00.0"],
        &[
            "mlx5_async_eq@pci:0000:81:00.0",
            "mlx5_cmd_eq@pci:0000:81:00.0",
            "mlx5_pages_eq@pci:0000:81:00.0",
        ],
    ),
    (
        "mlx5 subfunction",
        "enp129s0f0s1",
        1,
        &["mlx5_sf_comp0@pci:0000:81:00.0"],
        &["mlx5_sf_ctrl0@pci:0000:81:00.0"],
    ),
    (
        "i40e",
        "enp1s0f0",
        2,
        &["i40e-enp1s0f0-TxRx-0", "i40e-enp1s0f0-TxRx-1"],
        &["i40e-0000:01:00.0:misc", "i40e-0000:01:00.0:fdir-TxRx-0"],
    ),
    (
        "i40e, split",
        "em1",
        1,
        &["i40e-em1-rx-0"],
        &["i40e-em1-tx-0", "i40e-0000:01:00.0:misc"],
    ),
    (
        "iavf",
        "ens6",
        1,
        &["iavf-ens6-TxRx-0"],
        &["iavf-0000:00:06.0:mbx"],
    ),
    (
        "ice",
        "em3",
        1,
        &["ice-em3-TxRx-0"],
        &[
            "ice-0000:c1:00.0:misc",
            "ice-0000:c1:00.0:ctrl-TxRx-0",
            "ice-0000:c1:00.0:ll_ts",
            "irdma-ice-0000:c1:00.0-AEQ",
            "irdma-ice-0000:c1:00.0-CEQ-1",
        ],
    ),
    (
        "ixgbe",
        "eno49",
        2,
        &["eno49-TxRx-0", "eno49-TxRx-1"],
        &["eno49"],
    ),
    (
        "ixgbe, split",
        "eno49",
        1,
        &["eno49-rx-0"],
        &["eno49-tx-0", "eno49"],
    ),
    (
        "ixgbe, renamed while up",
        "ens3",
        1,
        &["eth0-TxRx-0"],
        &["eth0"],
    ),
    ("igb", "enp2s0", 1, &["enp2s0-TxRx-0"], &["enp2s0"]),
    (
        "igb, split",
        "enp2s0",
        2,
        &["enp2s0-rx-0", "enp2s0-rx-1"],
        &["enp2s0", "enp2s0-tx-0", "enp2s0-tx-1"],
    ),
    ("igb, MSI", "enp2s0", 1, &["enp2s0"], &[]),
    ("igc", "enp3s0", 1, &["enp3s0-TxRx-0"], &["enp3s0"]),
    ("e1000e", "eth0", 1, &["eth0-rx-0"], &["eth0-tx-0", "eth0"]),
    ("e1000e, MSI", "eth0", 1, &["eth0"], &[]),
    ("r8169", "enp5s0", 1, &["enp5s0"], &[]),
    (
        "bnxt_en",
        "eno1",
        1,
        &["eno1-TxRx-0"],
        &[
            "bnxt_re-creq-0@pci:0000:18:00.0",
            "bnxt_re-nq-1@pci:0000:18:00.0",
        ],
    ),
    ("bnxt_en, split", "eno1", 1, &["eno1-rx-0"], &["eno1-tx-0"]),
    (
        "gve",
        "ens4",
        0,
        &[
            "gve-ntfy-blk2@pci:0000:00:04.0",
            "gve-ntfy-blk3@pci:0000:00:04.0",
        ],
        &[
            "gve-ntfy-blk0@pci:0000:00:04.0",
            "gve-ntfy-blk1@pci:0000:00:04.0",
            "gve-mgmnt@pci:0000:00:04.0",
        ],
    ),
    (
        "gve with fewer queues than vectors",
        "ens4",
        1,
        &["gve-ntfy-blk2@pci:0000:00:04.0"],
        &[
            "gve-ntfy-blk0@pci:0000:00:04.0",
            "gve-ntfy-blk1@pci:0000:00:04.0",
            "gve-ntfy-blk3@pci:0000:00:04.0",
            "gve-mgmnt@pci:0000:00:04.0",
        ],
    ),
    (
        "gve before 5.x",
        "ens4",
        1,
        &["ens4-ntfy-block.1"],
        &["ens4-ntfy-block.0", "ens4-mgmnt"],
    ),
    (
        "mana",
        "eth0",
        1,
        &["mana_q0@pci:7870:00:00.0"],
        &["mana_hwc@pci:7870:00:00.0"],
    ),
    (
        "vmxnet3",
        "ens192",
        2,
        &["ens192-rxtx-0", "ens192-rxtx-1"],
        &["ens192-event-2"],
    ),
    (
        "vmxnet3, split",
        "ens192",
        1,
        &["ens192-rx-0"],
        &["ens192-tx-0", "ens192-event-2"],
    ),
    ("qede", "ens1f0", 1, &["ens1f0-fp-0"], &["sp-0-3b:00.0"]),
    ("bnx2x", "eth4", 1, &["eth4-fp-0"], &["eth4-sp"]),
    ("bnx2", "eth5", 2, &["eth5-0", "eth5-1"], &[]),
    ("tg3", "eno3", 1, &["eno3-txrx-1"], &["eno3-0", "eno3-tx-2"]),
    (
        "sfc",
        "eth6",
        2,
        &["eth6-0", "eth6-1"],
        &["eth6-xdp-2", "eth6-ptp"],
    ),
    ("sfc, split", "eth6", 1, &["eth6-rx-0"], &["eth6-tx-1"]),
    ("be2net", "eth7", 2, &["eth7-q0", "eth7-q1"], &[]),
    (
        "cxgb4",
        "eth8",
        2,
        &["eth8-Rx0", "eth8-Rx1"],
        &["0000:01:00.4-FWeventq", "eth8"],
    ),
    (
        "hns3",
        "eth9",
        1,
        &["hns3-0000:7d:00.0-TxRx-0"],
        &["hclge-misc-0000:7d:00.0"],
    ),
    (
        "one that nobody knows",
        "eth0",
        2,
        &["nvme0q0", "foo-lane3@pci:0000:02:00.0"],
        &["foo-admin", "foo:mailbox", "foo-mgmt0"],
    ),
    (
        "an interface that is called as other work",
        "mgmt0",
        2,
        &["mgmt0-TxRx-0", "i40e-mgmt0-TxRx-1"],
        &["mgmt0"],
    ),
];

fn vectors(names: &[&str], from: usize) -> Vec<Vector> {
    let numbered = names.iter().enumerate().map(|(number, name)| Vector {
        irq: (from + number).to_string(),
        name: (*name).to_owned(),
    });
    numbered.collect()
}

#[test]
fn each_driver_says_which_vectors_receive() {
    for (driver, interface, queues, receive, others) in LAYOUTS {
        let (receive, others) = (vectors(receive, 100), vectors(others, 200));
        let mut all = [receive.clone(), others.clone()].concat();
        assert_eq!(receiving(interface, queues, &all), receive, "{driver}");
        // Whatever their order.
        all.rotate_left(receive.len());
        assert_eq!(receiving(interface, queues, &all), receive, "{driver}");
    }
}

#[test]
fn a_name_that_nobody_knows_is_shown_as_such_and_transmit_queues_as_what_they_are() {
    for (driver, interface, queues, receive, others) in LAYOUTS {
        let all = [vectors(receive, 100), vectors(others, 200)].concat();
        let roles = roles(interface, queues, &all);
        let want = match driver.contains("nobody knows") {
            true => Role::Unknown,
            false => Role::Receive,
        };
        assert!(
            roles[..receive.len()].iter().all(|role| *role == want),
            "{driver} {roles:?}"
        );
        for (name, role) in others.iter().zip(&roles[receive.len()..]) {
            let transmits = ["tx", "output", "blk", "block", "xdp"]
                .iter()
                .any(|word| name.contains(word));
            // Of gve's there are more than it has queues.
            let role = *role == Role::Transmit;
            assert_eq!(role, transmits, "{driver} {name}");
        }
    }
}

#[test]
fn queues_have_the_number_at_the_end_of_the_name() {
    for (name, want) in [
        ("virtio0-input.3", Some(3)),
        ("ens5-Tx-Rx-12", Some(12)),
        ("mlx5_comp7@pci:0000:81:00.0", Some(7)),
        ("hns3-0000:7d:00.0-TxRx-0", Some(0)),
        ("enp2s0", Some(0)),
        ("eth8-Rx", None),
        ("x99999999999", None),
        ("", None),
    ] {
        assert_eq!(number(name), want, "{name}");
    }
}
