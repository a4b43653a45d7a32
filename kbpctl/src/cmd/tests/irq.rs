// SPDX-License-Identifier: GPL-2.0
//! `irq show`, `pin` and `restore`, and `enable --from`.

use super::net::{Net, PCI, VIRTIO};
use super::*;
use crate::steer::originals::FILE;

/// A NIC with two queues at NUMA node 0 of two, on a machine with core 2 served.
fn net() -> Net {
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
fn first(net: &Net, line: &str) -> String {
    let said = text(&net.0, line);
    said.lines().next().unwrap_or_default().to_owned()
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("2".into(), "3".into())
    );
    assert_eq!(
        (affinity(&net, 24), affinity(&net, 26)),
        ("0".into(), "3".into())
    );
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("1".into(), "1".into())
    );
    assert_eq!(
        text(&net.0, "irq restore"),
        "eth0 IRQ 25 (virtio0-input.0): cores 0-3 again\neth0 IRQ 27 (virtio0-input.1): cores 1 again"
    );
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("0-3".into(), "1".into())
    );
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("0-3".into(), "3".into())
    );
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
    assert_eq!(
        (affinity(&net, 31), affinity(&net, 25)),
        ("0-3".into(), "0".into())
    );
}

#[test]
fn a_move_that_fails_undoes_those_before_it() {
    for (errno, words) in [
        (libc::ENOSPC, "core 3 has no interrupt vector left"),
        (libc::EINVAL, "nothing of core 3 is online"),
        (libc::ERANGE, "this machine has no core 3"),
        (libc::EROFS, "Read-only file system"),
    ] {
        let net = net();
        let path = PathBuf::from("/proc/irq/27/smp_affinity_list");
        net.0 .0.borrow_mut().refuse_writes.push((path, errno));
        for line in ["irq pin eth0 --cores 2-3", "enable --cores 2-3 --from eth0"] {
            let (exit, error) = error(&net.0, line);
            assert_eq!(exit, Exit::Failed);
            assert!(error.contains(words), "{error}");
            assert!(error.contains("the interrupts were moved back"), "{error}");
            assert_eq!(
                (affinity(&net, 25), affinity(&net, 27)),
                ("0-3".into(), "1".into())
            );
            assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
            assert_eq!(core_state(&net.0, 3), abi::KBP_CORE_OFF);
        }
    }
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
        assert_eq!(
            (affinity(&net, 25), affinity(&net, 27)),
            ("0-3".into(), "2".into())
        );
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("2".into(), "1".into())
    );
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
fn enable_brings_the_interrupts_of_interfaces_along() {
    let net = net();
    let said = first(&net, "enable --cores 1,3 --from eth0");
    assert_eq!(
        said,
        "cores 1,3: enabled; 2 receive interrupts of eth0 moved there"
    );
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("1".into(), "3".into())
    );
    assert!(log(&net.0).ends_with("smp_affinity_list, enable"));
    let said = first(&net, "enable --cores 1,3 --from eth0");
    assert_eq!(
        said,
        "cores 1,3: already enabled; 2 receive interrupts of eth0 go there already"
    );
    // A core that cannot be enabled leaves the interrupts where they were.
    let (_, line) = error(&net.0, "enable --cores 0 --from eth0");
    assert!(line.contains("core 0 runs work"), "{line}");
    assert!(line.contains("the interrupts were moved back"), "{line}");
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("1".into(), "3".into())
    );
    // Nor does one that has nothing to do with interrupts take the way back.
    error(&net.0, "enable --cores 0");
    text(&net.0, "irq restore");
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("0-3".into(), "1".into())
    );
}

#[test]
fn where_interrupts_come_from_is_saved_and_reapplied() {
    let net = net();
    text(&net.0, "enable --cores 1,3 --from eth0 --save");
    let saved = PathBuf::from("/etc/kbp/kbp.toml");
    let file = || net.0 .0.borrow().files[&saved].clone();
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    // One of the two gets options of its own: the interrupts still go to both.
    text(&net.0, "set --cores 3 --idle spin --save");
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    text(&net.0, "set --cores 3 --idle adaptive --save");
    // A later --save of another core keeps it.
    text(&net.0, "set --cores 2 --idle spin --save");
    assert!(
        file().contains("cores = \"1,3\"\nfrom = \"eth0\"\n"),
        "{}",
        file()
    );
    text(&net.0, "irq restore");
    text(&net.0, "disable --cores 1");
    text(&net.0, "reapply");
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("1".into(), "3".into())
    );
    // An interface that is not there yet is waited for.
    put(&net.0, "/proc/sys/kernel/random/boot_id", "1\n");
    put(
        &net.0,
        "/etc/kbp/kbp.toml",
        "[[serve]]\ncores = \"1\"\nfrom = \"eth7\"\n",
    );
    let (exit, line) = error(&net.0, "reapply --boot --wait 1s");
    assert_eq!(exit, Exit::Failed);
    assert!(
        line.contains("there is no interface \"eth7\" here"),
        "{line}"
    );
    for (value, words) in [
        ("\"a/b\"", "is no name of an interface"),
        ("[]", "neither a whole number"),
    ] {
        let text = format!("[[serve]]\ncores = \"1\"\nfrom = {value}\n");
        put(&net.0, "/etc/kbp/kbp.toml", &text);
        let (exit, line) = error(&net.0, "reapply");
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(line.contains(words) && line.contains("line 3"), "{line}");
    }
}

#[test]
fn a_dry_run_names_each_write() {
    let net = net();
    let said = text(&net.0, "enable --cores 1,3 --from eth0 --dry-run");
    for words in [
        "would write /run/kbp/irq.json",
        "would write 1 to /proc/irq/25/smp_affinity_list",
        "would write 3 to /proc/irq/27/smp_affinity_list",
        "would serve cores 1,3",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(log(&net.0), "");
}

/// kill -9 after the n-th change, for every n: restore brings back what was.
#[test]
fn a_kill_at_any_change_leaves_what_restore_needs() {
    for kill in 1..5 {
        let net = net();
        net.0 .0.borrow_mut().kill_after = Some(kill);
        let line = "enable --cores 1,3 --from eth0";
        let outcome = catch_unwind(AssertUnwindSafe(|| kbpctl(&net.0, line)));
        net.0 .0.borrow_mut().kill_after = None;
        assert!(outcome.is_err(), "{kill}");
        text(&net.0, "irq restore");
        assert_eq!(
            (affinity(&net, 25), affinity(&net, 27)),
            ("0-3".into(), "1".into())
        );
        assert_eq!(
            text(&net.0, "irq restore"),
            "no interrupt was moved by kbpctl"
        );
    }
}

#[test]
fn irqbalance_is_told_what_to_leave_alone_and_keeps_what_others_told_it() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    net.0 .0.borrow_mut().balancer = Some([9, 27].into());
    let banned = || net.0 .0.borrow().balancer.clone().expect("it runs");
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(
        said.contains("note: irqbalance was told to leave them alone"),
        "{said}"
    );
    assert_eq!(banned(), [9, 25, 27].into());
    // Kept before it is told, and told before they are moved.
    let log = log(&net.0);
    let begin = "store, settings ban irqs 9 25 27, write 2";
    assert!(log.starts_with(begin), "{log}");
    // One that was restarted has forgotten it; nothing is to be moved.
    net.0 .0.borrow_mut().balancer = Some([9].into());
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(said.contains("already pinned"), "{said}");
    assert_eq!(banned(), [9, 25, 27].into());
    text(&net.0, "irq restore");
    assert_eq!(banned(), [9].into());
    // What is undone is undone here, too.
    let path = PathBuf::from("/proc/irq/27/smp_affinity_list");
    net.0
         .0
        .borrow_mut()
        .refuse_writes
        .push((path, libc::ENOSPC));
    let (_, line) = error(&net.0, "irq pin eth0 --cores 2-3");
    assert!(line.contains("the interrupts were moved back"), "{line}");
    assert_eq!(banned(), [9].into());
    assert!(!net.0 .0.borrow().files.contains_key(Path::new(FILE)));
}

#[test]
fn an_irqbalance_that_cannot_be_told_is_named() {
    for (socket, errno, words) in [
        (false, 0, "it has no socket in /run/irqbalance"),
        (
            true,
            libc::EACCES,
            "it could not be told: Permission denied",
        ),
    ] {
        let net = net();
        net.0.add_task(4711, "irqbalance", -1);
        put(&net.0, "/proc/4711/comm", "irqbalance\n");
        if socket {
            put(&net.0, "/run/irqbalance/irqbalance4711.sock", "");
            fail(&net.0, "ask", errno);
        }
        let said = text(&net.0, "irq pin eth0 --cores 2");
        assert!(
            said.contains("pinned to core 2") && said.contains(words),
            "{said}"
        );
    }
    // One that is gone leaves its socket.
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    assert!(!text(&net.0, "irq pin eth0 --cores 2").contains("irqbalance"));
}

#[test]
fn what_arrives_is_said() {
    const NOT_YET: &str = "not verified yet: no packet came within a second";
    let net = net();
    let said = text(&net.0, "enable --cores 1,3 --from eth0");
    assert!(said.contains(NOT_YET), "{said}");
    // Elsewhere more come: that does not count.
    for (table, words) in [
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 99 0 0 0 x\n 27: 1 2 0 4 x\n",
            NOT_YET,
        ),
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 7 5 0 0 x\n 27: 1 2 0 4 x\n",
            "verified: 1 of 2 queues brought packets there (5 interrupts)",
        ),
        (
            "CPU0 CPU1 CPU2 CPU3\n 25: 7 9 0 0 x\n 27: 1 2 0 6 x\n",
            "verified: 2 of 2 queues brought packets there (6 interrupts)",
        ),
    ] {
        let soon = net.0.now() + Duration::from_millis(100);
        let path = PathBuf::from("/proc/interrupts");
        net.0 .0.borrow_mut().late = vec![(soon, path, table.to_owned())];
        let said = text(&net.0, "irq pin eth0 --cores 1,3");
        assert!(said.contains(words), "{words}: {said}");
    }
    // Who masks interrupts sees packets all the same.
    let napi = |packets| abi::kbp_napi_status {
        ifindex: 2,
        packets,
        ..abi::kbp_napi_status::default()
    };
    net.has("eth0", "ifindex", "2");
    net.0 .0.borrow_mut().napis.insert(1, vec![napi(40)]);
    let said = text(&net.0, "irq pin eth0 --cores 1,3");
    assert!(said.contains(NOT_YET), "{said}");
    let dry = text(&net.0, "irq pin eth0 --cores 2 --dry-run");
    assert!(!dry.contains("verified"), "{dry}");
}

#[test]
fn the_interrupts_of_an_interface_go_to_the_cores_named_last() {
    let net = net();
    text(&net.0, "enable --cores 1 --from eth0 --save");
    text(&net.0, "enable --cores 3 --from eth0 --save");
    let file = net.0 .0.borrow().files[Path::new("/etc/kbp/kbp.toml")].clone();
    assert!(file.ends_with("cores = \"3\"\nfrom = \"eth0\"\n"), "{file}");
    assert!(file.contains("cores = \"1-3\"\n"), "{file}");
    net.goes(25, "0", "0");
    text(&net.0, "reapply");
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("3".into(), "3".into())
    );
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("0-3".into(), "1".into())
    );
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
    assert_eq!(
        (affinity(&net, 25), affinity(&net, 27)),
        ("0-3".into(), "1".into())
    );
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
    assert_eq!(
        (affinity(&net, 35), affinity(&net, 37)),
        ("3".into(), "3".into())
    );
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
    assert_eq!(
        (affinity(&net, 40), affinity(&net, 41)),
        ("1".into(), "2".into())
    );
    let said = first(&net, "irq pin bond0 --cores 1-3");
    assert!(said.ends_with("already pinned"), "{said}");
}

#[test]
fn a_port_that_is_down_is_named_and_waited_for() {
    let net = net();
    net.nic("eth1", PCI, &[]);
    net.stacked("bond0", &["eth0", "eth1"]);
    let said = text(&net.0, "irq pin bond0 --cores 2");
    assert!(
        said.contains("note: eth1 has no receive interrupt yet"),
        "{said}"
    );
    put(&net.0, "/proc/sys/kernel/random/boot_id", "1\n");
    put(
        &net.0,
        "/etc/kbp/kbp.toml",
        "[[serve]]\ncores = \"2\"\nfrom = \"bond0\"\n",
    );
    let path = format!("/sys/class/net/eth1/{PCI}/50");
    let soon = net.0.now() + Duration::from_secs(3);
    net.0 .0.borrow_mut().late = vec![(soon, PathBuf::from(path), "msix\n".to_owned())];
    put(&net.0, "/sys/kernel/irq/50/actions", "eth1-rx-0\n");
    net.goes(50, "0", "0");
    text(&net.0, "reapply --boot --wait 10s");
    assert_eq!(affinity(&net, 50), "2");
}

#[test]
fn a_list_that_irqbalance_would_cut_off_is_not_said() {
    let net = net();
    put(&net.0, "/run/irqbalance/irqbalance99.sock", "");
    let banned: std::collections::BTreeSet<u32> = (100..180).collect();
    net.0 .0.borrow_mut().balancer = Some(banned.clone());
    let said = text(&net.0, "irq pin eth0 --cores 2");
    assert!(
        said.contains("82 interrupts are more than it reads at once"),
        "{said}"
    );
    assert_eq!(net.0 .0.borrow().balancer, Some(banned));
}
