// SPDX-License-Identifier: GPL-2.0
//! What drivers say of their NICs at ethtool's ioctls.

use super::*;
use crate::sys::coalescing::Coalescing;
use crate::sys::rings::Rings;

/// eth0, whose packets come to core 2, with another driver.
fn driven_by(driver: &str) -> Net {
    let net = net();
    net.goes(27, "2", "2");
    net.has("eth0", "device/uevent", &format!("DRIVER={driver}\n"));
    net
}

#[test]
fn what_an_interrupt_waits_for() {
    let says = |usecs, frames, is_adaptive| Coalescing {
        usecs,
        frames,
        is_adaptive,
    };
    // As virtio_net, e1000e, igb, mlx5 and tg3 answer.
    for (driver, answer, finds) in [
        (
            "virtio_net",
            says(0, 1, false),
            "ok: no, as their drivers say",
        ),
        (
            "virtio_net",
            says(0, 0, false),
            "ok: no, as their drivers say",
        ),
        ("e1000e", says(0, 0, false), "ok: no, as their drivers say"),
        (
            "e1000e",
            says(3, 0, false),
            "hint: eth0 as long as its driver chooses; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "igb",
            says(3, 0, false),
            "hint: eth0 as long as its driver chooses; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "igb",
            says(4, 0, false),
            "hint: eth0 up to 4 us; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "mlx5_core",
            says(8, 128, true),
            "hint: eth0 as long as its driver chooses; \
             run: ethtool -C eth0 adaptive-rx off rx-usecs 0",
        ),
        (
            "mlx5_core",
            says(3, 32, false),
            "hint: eth0 up to 3 us; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "tg3",
            says(50, 5, false),
            "hint: eth0 up to 50 us; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "tg3",
            says(51, 5, false),
            "warning: eth0 up to 51 us; run: ethtool -C eth0 rx-usecs 0",
        ),
        (
            "tg3",
            says(0, 5, false),
            "hint: eth0 until 5 packets are there; run: ethtool -C eth0 rx-frames 1",
        ),
    ] {
        let net = driven_by(driver);
        let name = "eth0".to_owned();
        net.0 .0.borrow_mut().coalescing.insert(name, answer);
        assert_eq!(found(&net, "coalescing"), finds, "{driver} {answer:?}");
    }
}

#[test]
fn a_poller_that_holds_the_interrupts_does_not_wait_for_them() {
    let net = driven_by("tg3");
    let slow = Coalescing {
        usecs: 100,
        ..Coalescing::default()
    };
    let set = |irq: u32, idle: u32| {
        let mut machine = net.0 .0.borrow_mut();
        machine.coalescing.insert("eth0".to_owned(), slow);
        let core = machine.cores.get_mut(&2).expect("core 2");
        core.config.irq_mode = irq;
        core.config.idle_policy = idle;
    };
    for (irq, idle, finds) in [
        (
            abi::KBP_IRQ_MASKED,
            abi::KBP_IDLE_SPIN,
            "ok: eth0 up to 100 us; the pollers hold the interrupts",
        ),
        (abi::KBP_IRQ_MASKED, abi::KBP_IDLE_ADAPTIVE, "warning: "),
        (abi::KBP_IRQ_ARMED, abi::KBP_IDLE_SPIN, "warning: "),
    ] {
        set(irq, idle);
        let found = found(&net, "coalescing");
        assert!(found.starts_with(finds), "{irq} {idle}: {found}");
    }
}

#[test]
fn what_rings_have_room_for() {
    for (driver, now, most, finds) in [
        (
            "e1000e",
            256,
            4096,
            "hint: eth0 256 of 4096; run: ethtool -G eth0 rx 4096",
        ),
        (
            "mlx5_core",
            512,
            8192,
            "hint: eth0 512 of 8192; run: ethtool -G eth0 rx 4096",
        ),
        ("mlx5_core", 1024, 8192, "ok: eth0 1024"),
        ("vmxnet3", 512, 512, "ok: eth0 512"),
        // Its host decides.
        ("virtio_net", 256, 256, "hint: eth0 256 of 256"),
        ("virtio_net", 1024, 1024, "ok: eth0 1024"),
    ] {
        let net = driven_by(driver);
        let rings = Rings { now, most };
        net.0 .0.borrow_mut().rings.insert("eth0".to_owned(), rings);
        assert_eq!(found(&net, "ring-sizes"), finds, "{driver}");
    }
}

#[test]
fn who_does_not_say_is_named() {
    let net = driven_by("e1000e");
    for check in ["coalescing", "ring-sizes"] {
        assert_eq!(found(&net, check), "unknown: e1000e does not tell for eth0");
    }
    fail(&net.0, "rings", libc::ENODEV);
    assert_eq!(
        found(&net, "ring-sizes"),
        "unknown: eth0 cannot be asked: No such device (os error 19)"
    );
}
