// SPDX-License-Identifier: GPL-2.0
//! `irq show`, `pin` and `restore`.

use super::net::{Net, PCI, VIRTIO};
use super::*;
use crate::steer::originals::FILE;

/// A NIC with two queues at NUMA node 0 of two, on a machine with core 2 served.
pub(super) fn net() -> Net {
    let net = Net::new();
    let vectors = [
        (24, "virtio0-config", 0),
        (25, "virtio0-input.0", 0),
        (26, "virtio0-output.0", 3),
        (27, "virtio0-input.1", 1),
    ];
    net.nic("eth0", VIRTIO, &vectors);
    net.has(
        "eth0",
        "device/uevent",
        "DRIVER=virtio_net\nMODALIAS=virtio:d1",
    );
    net.has("eth0", "device/../uevent", "PCI_SLOT_NAME=0000:00:02.0");
    net.has("eth0", "queues/rx-0/rps_cpus", "0");
    net.has("eth0", "queues/rx-1/rps_cpus", "0");
    net.goes(25, "0-3", "0");
    let table =
        "      CPU0 CPU1 CPU2 CPU3\n 25: 7 0 0 0 PCI-MSIX virtio0-input.0\n 27: 1 2 0 4 x\n";
    put(&net.0, "/proc/interrupts", table);
    net
}

/// The first line: what was done. The others say what to know of it.
pub(super) fn first(net: &Net, line: &str) -> String {
    let said = text(&net.0, line);
    said.lines().next().unwrap_or_default().to_owned()
}

/// These interrupts may go to these cores.
#[track_caller]
pub(super) fn go<const N: usize>(net: &Net, places: [(u32, &str); N]) {
    for (irq, cores) in places {
        assert_eq!(affinity(net, irq), cores, "IRQ {irq}");
    }
}

/// The kernel takes no write to the affinity of an interrupt.
pub(super) fn refuses(net: &Net, irq: u32, errno: i32) {
    let path = PathBuf::from(format!("/proc/irq/{irq}/smp_affinity_list"));
    net.0 .0.borrow_mut().refuse_writes.push((path, errno));
}

fn affinity(net: &Net, irq: u32) -> String {
    let path = PathBuf::from(format!("/proc/irq/{irq}/smp_affinity_list"));
    net.0 .0.borrow().files[&path].trim().to_owned()
}

#[test]
fn show_says_where_each_interrupt_goes_and_who_serves_there() {
    let net = net();
    net.goes(27, "2", "1");
    insta::assert_snapshot!("irq_show", text(&net.0, "irq show"));
    insta::assert_snapshot!("irq_show_all", text(&net.0, "irq show eth0 --all"));
    let answer = kbpctl(&net.0, "irq show").expect("show");
    insta::assert_snapshot!(
        "irq_show_json",
        output::document(&answer.json, Form::Pretty)
    );
    assert_eq!(log(&net.0), "");
    // Everybody may ask; who serves is not told to everybody.
    net.0 .0.borrow_mut().capabilities = (false, false);
    fail(&net.0, "info", libc::EACCES);
    assert!(text(&net.0, "irq show").contains('?'));
}

#[test]
fn show_finds_nics_below_and_says_why_there_is_none() {
    let net = net();
    net.stacked("bond0", &["eth0"]);
    assert_eq!(
        text(&net.0, "irq show bond0"),
        text(&net.0, "irq show eth0")
    );
    assert_eq!(
        text(&net.0, "irq show bond0 eth0"),
        text(&net.0, "irq show")
    );
    for (line, words) in [
        (
            "irq show nope",
            "there is no interface \"nope\" here; there are bond0, eth0, lo",
        ),
        (
            "irq show lo",
            "neither it nor what it stands on has message-signalled interrupts",
        ),
    ] {
        let (exit, error) = error(&net.0, line);
        assert_eq!(exit, Exit::Failed);
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn pin_moves_each_queue_to_a_core_in_turn_and_restore_brings_all_back() {
    let net = net();
    assert_eq!(
        first(&net, "irq pin eth0 --cores 2-3"),
        "2 receive interrupts of eth0: pinned to cores 2-3"
    );
    go(&net, [(25, "2"), (27, "3")]);
    go(&net, [(24, "0"), (26, "3")]);
    assert_eq!(
        log(&net.0),
        "store, write 2 to /proc/irq/25/smp_affinity_list, write 3 to /proc/irq/27/smp_affinity_list"
    );
    // What is there is not written again; what was before all changes is kept.
    assert_eq!(
        first(&net, "irq pin eth0 --cores 2-3"),
        "2 receive interrupts of eth0: already pinned"
    );
    assert_eq!(log(&net.0), "");
    text(&net.0, "irq pin eth0 --cores 1");
    go(&net, [(25, "1"), (27, "1")]);
    assert_eq!(
        text(&net.0, "irq restore"),
        "eth0 IRQ 25 (virtio0-input.0): cores 0-3 again\neth0 IRQ 27 (virtio0-input.1): cores 1 again"
    );
    go(&net, [(25, "0-3"), (27, "1")]);
    assert_eq!(
        text(&net.0, "irq restore"),
        "no interrupt was moved by kbpctl"
    );
    assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
}

#[test]
fn what_is_there_by_chance_comes_back_there_too() {
    let net = net();
    net.goes(27, "3", "3");
    text(&net.0, "irq pin eth0 --cores 2-3");
    net.goes(27, "0", "0");
    text(&net.0, "irq pin eth0 --cores 2-3");
    text(&net.0, "irq restore");
    go(&net, [(25, "0-3"), (27, "3")]);
}

#[test]
fn interrupts_are_known_by_device_and_vector() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2");
    // The interface has another name, and its vectors other numbers; one is no more.
    let mut machine = net.0 .0.borrow_mut();
    let files: Vec<_> = machine.files.keys().cloned().collect();
    for file in files
        .iter()
        .filter(|file| file.starts_with("/sys/class/net/eth0"))
    {
        machine.files.remove(file);
    }
    drop(machine);
    net.nic(
        "wan0",
        VIRTIO,
        &[(25, "virtio0-config", 0), (31, "virtio0-input.0", 2)],
    );
    net.has("wan0", "device/../uevent", "PCI_SLOT_NAME=0000:00:02.0");
    assert_eq!(
        text(&net.0, "irq restore wan0"),
        "wan0 IRQ 31 (virtio0-input.0): cores 0-3 again\nvirtio0-input.1: gone, its driver freed it"
    );
    go(&net, [(31, "0-3"), (25, "0")]);
}

#[test]
fn what_the_kernel_places_stays_and_is_named() {
    // As newer kernels show it, and as older ones do.
    for errno in [libc::EPERM, libc::EIO] {
        let net = net();
        let path = PathBuf::from("/proc/irq/25/smp_affinity_list");
        match errno {
            libc::EPERM => drop(net.0 .0.borrow_mut().read_only.insert(path)),
            _ => net.0 .0.borrow_mut().refuse_writes.push((path, errno)),
        }
        let said = text(&net.0, "irq pin eth0 --cores 2");
        assert!(
            said.contains("the kernel places IRQ 25 (virtio0-input.0) itself"),
            "{said}"
        );
        go(&net, [(25, "0-3"), (27, "2")]);
        let path = PathBuf::from("/proc/irq/27/smp_affinity_list");
        text(&net.0, "irq restore");
        match errno {
            libc::EPERM => drop(net.0 .0.borrow_mut().read_only.insert(path)),
            _ => net.0 .0.borrow_mut().refuse_writes.push((path, errno)),
        }
        let (exit, error) = error(&net.0, "irq pin eth0 --cores 2");
        assert_eq!(exit, Exit::Failed);
        assert!(error.contains("IRQ 27 (virtio0-input.1) itself"), "{error}");
        assert!(
            !net.0 .0.borrow().files.contains_key(Path::new(FILE)),
            "{errno}"
        );
    }
}

#[test]
fn cores_far_from_the_nic_take_force_and_its_own_come_first() {
    let net = net();
    net.has("eth0", "device/../numa_node", "1");
    net.has("eth0", "device/../local_cpulist", "2-3");
    let (exit, line) = error(&net.0, "irq pin eth0 --cores 1-2");
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.contains("core 1 and eth0, which is at NUMA node 1, are far from each other"),
        "{line}"
    );
    assert!(
        line.contains("name cores of that node (2-3), or add --force"),
        "{line}"
    );
    assert_eq!(log(&net.0), "");
    let said = text(&net.0, "irq pin eth0 --cores 1-2 --force");
    assert!(said.contains("note: core 1 and eth0"), "{said}");
    go(&net, [(25, "2"), (27, "1")]);
    // -1: nobody knows, as in most guests.
    net.has("eth0", "device/../numa_node", "-1");
    text(&net.0, "irq pin eth0 --cores 1");
}

#[test]
fn queues_and_cores_that_do_not_match_are_said() {
    let net = net();
    for (cores, words) in [
        (
            "1",
            "note: several queues share core 1: there are more receive queues than cores",
        ),
        (
            "1-3",
            "note: no interrupt is left for core 3: there are fewer receive queues than cores",
        ),
    ] {
        let said = text(&net.0, &format!("irq pin eth0 --cores {cores}"));
        assert!(said.contains(words), "{said}");
    }
    put(
        &net.0,
        "/sys/devices/system/cpu/cpu2/topology/thread_siblings_list",
        "2-3\n",
    );
    put(
        &net.0,
        "/sys/devices/system/cpu/cpu3/topology/thread_siblings_list",
        "2-3\n",
    );
    let said = text(&net.0, "irq pin eth0 --cores 2-3");
    assert!(
        said.contains("cores 2-3 are threads of the same physical cores"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_pinned_is_refused_before_anything_is_done() {
    let net = net();
    net.nic("eth1", PCI, &[]);
    net.has("eth1", "device/config", "");
    net.has("eth1", "device/irq", "11");
    net.goes(11, "0-3", "2");
    put(&net.0, "/sys/devices/system/cpu/online", "0-2\n");
    for (line, code, words) in [
        (
            "eth0 --cores 3",
            Exit::Failed,
            "it is not online; online are 0-2",
        ),
        (
            "nope --cores 1",
            Exit::Failed,
            "there is no interface \"nope\"",
        ),
        (
            "../eth0 --cores 1",
            Exit::Usage,
            "is no name of an interface",
        ),
        ("lo --cores 1", Exit::Failed, "RPS brings packets to them"),
        (
            "eth1 --cores 1",
            Exit::Failed,
            "echo 2 > /proc/irq/11/smp_affinity_list",
        ),
        ("eth0 lo --cores 1", Exit::Failed, "RPS"),
        ("eth0 --cores x", Exit::Usage, "neither a core number"),
    ] {
        let (exit, error) = error(&net.0, &format!("irq pin {line}"));
        assert_eq!(exit, code, "{error}");
        assert!(error.contains(words), "{error}");
        assert_eq!(log(&net.0), "");
    }
    // A file of another kbpctl, or half of one.
    for text in [
        "{",
        "{\"schema\":\"kbp.irq-originals/9\",\"interrupts\":[]}",
    ] {
        put(&net.0, FILE, text);
        for line in ["irq pin eth0 --cores 1", "irq restore"] {
            let (exit, error) = error(&net.0, line);
            assert_eq!(exit, Exit::Failed);
            assert!(error.contains("move that file away"), "{error}");
        }
        assert_eq!(log(&net.0), "");
    }
}

#[test]
fn what_is_not_here_now_is_kept_and_what_is_down_comes_back() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2");
    // Its driver has freed them, and kept their numbers and their cores.
    for irq in [25, 27] {
        put(&net.0, &format!("/sys/kernel/irq/{irq}/actions"), "\n");
    }
    text(&net.0, "irq restore");
    go(&net, [(25, "0-3"), (27, "1")]);
    // In another network namespace.
    let net = self::net();
    text(&net.0, "irq pin eth0 --cores 2");
    let mut machine = net.0 .0.borrow_mut();
    let (away, stay) = std::mem::take(&mut machine.files)
        .into_iter()
        .partition(|(path, _)| path.starts_with("/sys/class/net/eth0"));
    machine.files = stay;
    drop(machine);
    let away: std::collections::BTreeMap<PathBuf, String> = away;
    let said = text(&net.0, "irq restore");
    assert!(
        said.contains("its NIC is not here now; kept for later"),
        "{said}"
    );
    net.0 .0.borrow_mut().files.extend(away);
    text(&net.0, "irq restore eth0");
    go(&net, [(25, "0-3"), (27, "1")]);
    assert_eq!(
        text(&net.0, "irq restore eth0"),
        "no interrupt of eth0 was moved by kbpctl"
    );
}

#[test]
fn a_vector_with_another_number_is_placed_anew() {
    let net = net();
    text(&net.0, "irq pin eth0 --cores 2");
    // The driver was bound again: other numbers, and cores of the kernel's choice.
    for irq in [25, 27] {
        let path = PathBuf::from(format!("/sys/class/net/eth0/{VIRTIO}/{irq}"));
        net.0 .0.borrow_mut().files.remove(&path);
    }
    let vectors = [(35, "virtio0-input.0", 3), (37, "virtio0-input.1", 3)];
    net.nic("eth0", VIRTIO, &vectors);
    text(&net.0, "irq pin eth0 --cores 2");
    text(&net.0, "irq restore");
    go(&net, [(35, "3"), (37, "3")]);
}

#[test]
fn ports_that_share_their_vectors_move_each_once() {
    let net = Net::new();
    for port in ["eth4", "eth5"] {
        net.nic(
            port,
            PCI,
            &[
                (40, "mlx4-1@0000:08:00.0", 0),
                (41, "mlx4-2@0000:08:00.0", 0),
            ],
        );
    }
    net.stacked("bond0", &["eth4", "eth5"]);
    let said = first(&net, "irq pin bond0 --cores 1-3");
    assert_eq!(said, "2 receive interrupts of eth4: pinned to cores 1-3");
    go(&net, [(40, "1"), (41, "2")]);
    let said = first(&net, "irq pin bond0 --cores 1-3");
    assert!(said.ends_with("already pinned"), "{said}");
}
