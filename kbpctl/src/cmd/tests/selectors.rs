// SPDX-License-Identifier: GPL-2.0
//! Which cores `numa:`, `irq-of:`, `isolated` and `nohz` name.

use super::net::{Net, PCI, VIRTIO};
use super::*;

impl Net {
    fn cores(&self, selector: &str) -> String {
        let answer = kbpctl(&self.0, &format!("enable --dry-run --cores {selector}"));
        let answer = answer.unwrap_or_else(|error| panic!("{selector}: {error}"));
        answer.json["cores"].as_str().expect("cores").to_owned()
    }

    fn refused(&self, selector: &str, words: &[&str]) {
        let (exit, line) = error(&self.0, &format!("enable --dry-run --cores {selector}"));
        assert_eq!(exit, Exit::Failed, "{line}");
        assert!(
            line.starts_with(&format!("cannot use {selector}: ")),
            "{line}"
        );
        for words in words {
            assert!(line.contains(words), "{words} in {line}");
        }
    }
}

#[test]
fn nodes_are_read_from_sysfs() {
    let net = Net::new();
    put(&net.0, "/sys/devices/system/node/node1/cpulist", "2-3\n");
    put(&net.0, "/sys/devices/system/node/node2/cpulist", "\n");
    assert_eq!(net.cores("numa:1"), "2-3");
    net.refused("numa:2", &["has memory only"]);
}

#[test]
fn cores_that_the_kernel_keeps_free_have_words() {
    let net = Net::new();
    let isolated = "/sys/devices/system/cpu/isolated";
    let partitions = "/sys/fs/cgroup/cpuset.cpus.isolated";
    let nohz = "/sys/devices/system/cpu/nohz_full";
    // Neither file is there; no core in them, as kernels write it.
    for none in [None, Some("\n"), Some(" (null)\n")] {
        for path in none.map_or(vec![], |_| vec![isolated, partitions, nohz]) {
            put(&net.0, path, none.unwrap());
        }
        net.refused("isolated", &["neither by isolcpus= nor", "isolcpus=2,3"]);
        net.refused("nohz", &["runs without the tick", "nohz_full=2,3"]);
    }
    put(&net.0, nohz, "1-2\n");
    assert_eq!(net.cores("nohz"), "1-2");
    put(&net.0, partitions, "3\n");
    assert_eq!(net.cores("isolated"), "3");
    put(&net.0, isolated, "1\n");
    assert_eq!(net.cores("isolated"), "1,3");
    put(&net.0, isolated, "1-\n");
    net.refused("isolated", &["cpu/isolated says \"1-\""]);
}

#[test]
fn only_vectors_that_receive_count() {
    let net = Net::new();
    let vectors = [
        (24, "virtio0-config", 0),
        (25, "virtio0-input.0", 1),
        (26, "virtio0-output.0", 3),
    ];
    net.nic("eth0", VIRTIO, &vectors);
    assert_eq!(net.cores("irq-of:eth0"), "1");
    let vectors = [
        (27, "ens5-Tx-Rx-0", 2),
        (28, "ena-mgmnt@pci:0000:00:05.0", 0),
    ];
    net.nic("ens5", PCI, &vectors);
    assert_eq!(net.cores("irq-of:ens5"), "2");
    // Of gve's the upper half receives, as far as there are queues.
    let vectors = [
        (40, "gve-ntfy-blk0@pci:0000:00:04.0", 0),
        (41, "gve-ntfy-blk1@pci:0000:00:04.0", 0),
        (42, "gve-ntfy-blk2@pci:0000:00:04.0", 2),
        (43, "gve-ntfy-blk3@pci:0000:00:04.0", 3),
    ];
    net.nic("ens4", PCI, &vectors);
    assert_eq!(net.cores("irq-of:ens4"), "2-3");
    net.has("ens4", "queues/rx-0/rps_cpus", "0");
    net.has("ens4", "queues/tx-0/xps_cpus", "0");
    assert_eq!(net.cores("irq-of:ens4"), "2");
}

#[test]
fn ports_of_one_function_have_their_own_vectors_each() {
    let net = Net::new();
    let vectors = [
        (24, "eth8-Rx0", 1),
        (25, "eth9-Rx0", 2),
        (26, "eth80-Rx0", 3),
    ];
    for port in ["eth8", "eth9"] {
        net.nic(port, PCI, &vectors);
        for port in ["eth8", "eth9", "eth80"] {
            net.has("eth8", &format!("device/net/{port}/flags"), "0x1003");
            net.has("eth9", &format!("device/net/{port}/flags"), "0x1003");
        }
    }
    assert_eq!(net.cores("irq-of:eth8"), "1");
    assert_eq!(net.cores("irq-of:eth9"), "2");
}

#[test]
fn the_interrupts_of_a_bridge_above_are_not_the_nics() {
    let net = Net::new();
    // A PCI function that is up without a vector, behind a port that has some.
    net.nic("eth0", VIRTIO, &[(24, "PCIe PME,aerdrv", 1)]);
    net.has("eth0", "device/config", "");
    net.has("eth0", "device/irq", "11");
    net.goes(11, "0-3", "2");
    net.refused(
        "irq-of:eth0",
        &["line interrupt (INTx), IRQ 11", "--cores 2"],
    );
}

#[test]
fn an_affinity_that_has_not_taken_effect_is_read_as_what_it_will_be() {
    let net = Net::new();
    net.nic("eth0", VIRTIO, &[(25, "virtio0-input.0", 0)]);
    for (set, now, want) in [("1", "0", "1"), ("1-3", "2", "2"), ("2-3", "0", "2-3")] {
        net.goes(25, set, now);
        assert_eq!(net.cores("irq-of:eth0"), want);
    }
}

#[test]
fn what_stands_on_nics_leads_to_them() {
    let net = Net::new();
    net.nic("eth0", VIRTIO, &[(25, "virtio0-input.0", 1)]);
    net.nic("eth1", PCI, &[(26, "eth1-TxRx-0", 2), (27, "eth1", 0)]);
    net.nic("eth2", PCI, &[(28, "eth2-TxRx-0", 3)]);
    for (interface, below, want) in [
        ("eth0.100", &["eth0"][..], "1"),
        ("mv0", &["eth1"], "2"),
        ("bond0", &["eth0", "eth1"], "1-2"),
        ("team0", &["eth1", "eth2"], "2-3"),
        ("bond0.7", &["bond0"], "1-2"),
        // Two ways lead to one NIC, and what is no NIC adds nothing.
        ("br0", &["bond0.7", "bond0", "tap0", "eth2"], "1-3"),
        ("vxlan0", &["br0"], "1-3"),
    ] {
        net.stacked(interface, below);
        assert_eq!(net.cores(&format!("irq-of:{interface}")), want);
    }
    // netvsc is a device itself; its packets come by the VF below it.
    net.has("net0", "device/vendor", "0x1");
    net.stacked("net0", &["eth2"]);
    assert_eq!(net.cores("irq-of:net0"), "3");
    // A circle ends.
    net.stacked("a", &["b"]);
    net.stacked("b", &["a", "eth1"]);
    assert_eq!(net.cores("irq-of:a"), "2");
    net.has("eth1", "flags", "0x1002");
    for irq in [26, 27] {
        put(&net.0, &format!("/sys/kernel/irq/{irq}/actions"), "\n");
    }
    net.refused(
        "irq-of:a",
        &["a leads to eth1; eth1 is down", "ip link set eth1 up"],
    );
}

#[test]
fn other_names_of_an_interface_are_names() {
    let net = Net::new();
    net.nic("eth0", VIRTIO, &[(25, "virtio0-input.0", 1)]);
    let long = "enp129s0f0np0-as-systemd-has-it";
    for name in ["enp0s2", long] {
        let names = &mut net.0 .0.borrow_mut().other_names;
        names.insert(name.to_owned(), "eth0".to_owned());
    }
    assert_eq!(net.cores("irq-of:enp0s2"), "1");
    assert_eq!(net.cores(&format!("irq-of:{long}")), "1");
    // Files beside interfaces are none.
    put(&net.0, "/sys/class/net/bonding_masters", "bond0\n");
    for name in ["nope", "bonding_masters"] {
        let there = format!("there is no interface \"{name}\" here; there are eth0, lo; name");
        net.refused(&format!("irq-of:{name}"), &[&there]);
    }
    fail(&net.0, "other name of", libc::EACCES);
    net.refused("irq-of:nope", &["cannot be asked: Permission denied"]);
}

#[test]
fn what_is_no_name_is_a_wrong_command_line() {
    let net = Net::new();
    let long = "x".repeat(128);
    for name in ["", ".", "..", "../eth0", &long] {
        let (exit, line) = error(&net.0, &format!("enable --cores irq-of:{name}"));
        assert_eq!(exit, Exit::Usage);
        assert!(line.contains("is no name of an interface"), "{line}");
    }
}

#[test]
fn why_there_is_no_core_is_said() {
    let net = Net::new();
    let rps = [
        "is a virtual device, and no NIC is below it",
        "those that RPS names",
    ];
    net.refused("irq-of:lo", &rps);
    net.has("veth0", "flags", "0x1003");
    net.refused("irq-of:veth0", &rps);
    net.refused(
        "irq-of:veth0",
        &["/sys/class/net/veth0/queues/rx-0/rps_cpus"],
    );
    net.stacked("br0", &["veth0"]);
    net.refused(
        "irq-of:br0",
        &["br0 leads to veth0, and none of them is a NIC"],
    );

    net.nic("eth0", VIRTIO, &[]);
    net.has("eth0", "device/../irq", "10");
    net.goes(10, "0-3", "3");
    let line = [
        "line interrupt (INTx), IRQ 10",
        "name the core it goes to: --cores 3",
    ];
    net.refused("irq-of:eth0", &line);
    net.stacked("eth0.5", &["eth0"]);
    net.refused(
        "irq-of:eth0.5",
        &["eth0.5 leads to eth0; eth0 has a line interrupt"],
    );

    // What is down has its other interrupts already.
    net.nic("ens5", PCI, &[(28, "ena-mgmnt@pci:0000:00:05.0", 0)]);
    net.refused("irq-of:ens5", &["it has ena-mgmnt@pci"]);
    net.has("ens5", "flags", "0x1002");
    net.refused("irq-of:ens5", &["ens5 is down", "ip link set ens5 up"]);

    net.nic("usb0", "device", &[]);
    net.refused(
        "irq-of:usb0",
        &["sysfs names no interrupt of usb0", "/proc/interrupts"],
    );
}
