// SPDX-License-Identifier: GPL-2.0
//! The status: NAPIs, rescues, replaced hooks, threaded devices.

use kbp_uapi::{kbp_histogram, kbp_napi_status};

use super::*;

pub(super) fn histogram(counts: &[(usize, u64)]) -> kbp_histogram {
    let mut histogram = kbp_histogram::default();
    for (bucket, count) in counts {
        histogram.counts[*bucket] = *count;
    }
    histogram
}

/// A core that uses everything a status can show, and one that is only configured.
pub(super) fn busy() -> Fake {
    let fake = Fake::active();
    put(&fake, "/sys/class/net/eth0/ifindex", "2\n");
    put(&fake, "/sys/class/net/eth0/threaded", "0\n");
    put(&fake, "/sys/class/net/eth1/ifindex", "3\n");
    put(&fake, "/sys/class/net/eth1/threaded", "1\n");
    text(
        &fake,
        "set --cores 3 --sched other:-5 --max-exit-latency 20",
    );
    text(
        &fake,
        "set --cores 2 --irq masked --idle adaptive:300 --rescue 50",
    );
    let mut machine = fake.0.borrow_mut();
    let core = machine.core(2);
    core.spin_us = 75;
    core.state = abi::KBP_CORE_YIELDED;
    core.yield_reason = abi::KBP_YIELD_RESCUE;
    (core.rescue_ns, core.rescue_pid) = (123_456_789, 4711);
    core.rescue_comm[..6].copy_from_slice(&b"rt-hog".map(|byte| byte as i8));
    core.retry_in_ns = 750_000_000;
    core.counters.rescues = 1;
    core.counters.packets = 1_234_567_890_123;
    core.counters.longest_gap_ns = 101_000_999;
    core.delay = histogram(&[(0, 1), (12, 90), (17, 9)]);
    core.guard = histogram(&[(31, 1)]);
    let napi = kbp_napi_status {
        napi_id: 8193,
        ifindex: 2,
        flags: abi::KBP_NAPI_HELD,
        polls: 50,
        packets: 3000,
        exhausted: 4,
        longest_delay_ns: 130_000,
        delay: histogram(&[(12, 40), (17, 10)]),
        ..kbp_napi_status::default()
    };
    let backlog = kbp_napi_status {
        flags: abi::KBP_NAPI_BACKLOG,
        ..kbp_napi_status::default()
    };
    let elsewhere = kbp_napi_status {
        napi_id: 8200,
        ifindex: 77,
        // Of a device that is gone: no remark.
        flags: abi::KBP_NAPI_ARMS,
        ..kbp_napi_status::default()
    };
    let arms = kbp_napi_status {
        napi_id: 8194,
        ifindex: 2,
        flags: abi::KBP_NAPI_ARMS,
        ..kbp_napi_status::default()
    };
    machine
        .napis
        .insert(2, vec![napi, backlog, elsewhere, arms]);
    drop(machine);
    fake
}

#[test]
fn a_status_shows_everything() {
    let fake = busy();
    let answer = kbpctl(&fake, "status").expect("a status");
    assert_eq!(answer.exit, Exit::Ok);
    insta::assert_snapshot!("status_busy", output::document(&answer.json, Form::Pretty));
    insta::assert_snapshot!("status_text", answer.text);
    let napis = text(&fake, "status --napis");
    insta::assert_snapshot!("status_napis_text", napis);
    for line in napis.lines().filter(|line| line.starts_with(' ')) {
        assert!(line.len() <= 80, "{line}");
    }
}

#[test]
fn every_reason_to_yield_has_a_word_and_a_cure() {
    let fake = Fake::active();
    for (reason, word, cure) in [
        (
            abi::KBP_YIELD_PATCH,
            "livepatch transition",
            "when the transition is over",
        ),
        (abi::KBP_YIELD_HOOKS, "hooks replaced", "kbpctl load"),
        (
            abi::KBP_YIELD_OFFLINE,
            "core offline",
            "echo 1 > /sys/devices/system/cpu/cpu2/online",
        ),
        (abi::KBP_YIELD_SUSPEND, "suspend", "when the system is back"),
        (
            abi::KBP_YIELD_RESCUE,
            "rescue",
            "served again when kbp/2 gets the core",
        ),
        (99, "unknown", "kbpctl enable --cores 2"),
    ] {
        {
            let mut machine = fake.0.borrow_mut();
            let core = machine.core(2);
            (core.state, core.yield_reason) = (abi::KBP_CORE_YIELDED, reason);
        }
        let answer = kbpctl(&fake, "status").expect("a status");
        assert_eq!(answer.json["cores"][0]["yield_reason"], word);
        let line = format!("given back to softirq: {word}\n");
        assert!(answer.text.contains(&line), "{}", answer.text);
        assert!(answer.text.contains(cure), "{}", answer.text);
    }
}

#[test]
fn a_rescue_stays_known_when_the_core_is_served_again() {
    let fake = busy();
    text(&fake, "enable --cores 2");
    assert!(text(&fake, "status").contains("rescues: 1, the last one from rt-hog (pid 4711)"));
}

#[test]
fn a_rescued_core_says_when_it_is_served_again() {
    let fake = busy();
    let said = |fake: &Fake| text(fake, "status").lines().nth(8).map(str::to_owned);
    let later = "     served again in 0.8 s; kbpctl enable --cores 2 does not wait";
    assert_eq!(said(&fake).as_deref(), Some(later));
    fake.0.borrow_mut().core(2).retry_in_ns = 0;
    let kept_away = "     served again when kbp/2 gets the core";
    assert_eq!(said(&fake).as_deref(), Some(kept_away));
    text(&fake, "set --cores 2 --retry never");
    let never = "     kbpctl enable --cores 2 serves it again";
    assert_eq!(said(&fake).as_deref(), Some(never));
}

#[test]
fn a_status_names_the_livepatch_that_replaced_ours() {
    let replaced_by = |fake: &Fake| {
        let answer = kbpctl(fake, "status").expect("a status");
        let names = answer.json["livepatch"]["replaced_by"].to_string();
        (names, answer.text.lines().nth(2).map(str::to_owned))
    };
    let fake = Fake::active();
    for (path, value) in [
        ("vendor/enabled", "1\n"),
        ("beside/enabled", "1\n"),
        ("beside/replace", "0\n"),
        ("over/enabled", "0\n"),
        ("over/replace", "1\n"),
    ] {
        put(&fake, &format!("/sys/kernel/livepatch/{path}"), value);
    }
    let (names, line) = replaced_by(&fake);
    assert_eq!(names, "[]");
    assert_eq!(line.as_deref(), Some("livepatch  enabled, hooks live"));
    // The patch is gone, or there and without effect.
    let by_vendor = "livepatch  replaced by vendor; the cores are with softirq; unload vendor, \
                     then run kbpctl load";
    fake.0.borrow_mut().hooks_dead = true;
    let (names, line) = replaced_by(&fake);
    assert_eq!(
        (names.as_str(), line.as_deref()),
        ("[\"vendor\"]", Some(by_vendor))
    );
    fake.0.borrow_mut().patch = Some(Patch {
        enabled: false,
        since: None,
    });
    assert_eq!(replaced_by(&fake).1.as_deref(), Some(by_vendor));
    fake.0.borrow_mut().patch = None;
    put(&fake, "/sys/kernel/livepatch/vendor/replace", "1\n");
    assert_eq!(replaced_by(&fake).1.as_deref(), Some(by_vendor));
    // Not replaced: nobody is there who could have, or ours was never loaded.
    put(&fake, "/sys/kernel/livepatch/vendor/replace", "0\n");
    let (names, line) = replaced_by(&fake);
    assert_eq!(names, "[]");
    assert_eq!(line.as_deref(), Some("livepatch  leftover, hooks not live"));
    fake.0.borrow_mut().modules.clear();
    put(&fake, "/sys/kernel/livepatch/vendor/replace", "1\n");
    assert_eq!(replaced_by(&fake).0, "[]");
}

/// A NIC whose only receive vector goes to `core`.
fn receives(fake: &Fake, name: &str, irq: u32, core: u32) {
    put(
        fake,
        &format!("/sys/class/net/{name}/device/msi_irqs/{irq}"),
        "msix\n",
    );
    put(
        fake,
        &format!("/sys/kernel/irq/{irq}/actions"),
        &format!("{name}-rx-0\n"),
    );
    put(
        fake,
        &format!("/proc/irq/{irq}/smp_affinity_list"),
        &format!("{core}\n"),
    );
}

#[test]
fn a_core_that_no_interrupt_comes_to_is_told_where_they_go() {
    const REMARK: &str = "no NIC's receive interrupt comes to this core";
    let fake = Fake::active();
    assert!(!text(&fake, "status").contains(REMARK), "nobody knows");
    receives(&fake, "eth0", 30, 2);
    let said = text(&fake, "status");
    assert!(!said.contains(REMARK), "{said}");
    assert!(
        said.contains("     interrupts of eth0 rx-0 come here\n"),
        "{said}"
    );
    put(&fake, "/proc/irq/30/smp_affinity_list", "0\n");
    let answer = kbpctl(&fake, "status").expect("a status");
    let line = format!("{REMARK}: those of eth0 go to core 0\n");
    assert!(answer.text.contains(&line), "{}", answer.text);
    let cure = "     bring them to served cores with kbpctl irq pin eth0 --cores 2\n";
    assert!(answer.text.contains(cure), "{}", answer.text);
    let nics = answer.json["receive_interrupts"].to_string();
    assert_eq!(
        nics,
        "[{\"device\":\"eth0\",\"cores\":\"0\",\"interrupts\":[{\"irq\":\"30\",\
         \"queue\":\"rx-0\",\"cores\":\"0\"}]}]"
    );
    for (name, irq) in [("eth1", 31), ("eth2", 32), ("eth3", 33)] {
        receives(&fake, name, irq, 1);
    }
    let said = text(&fake, "status");
    assert!(
        said.contains("those of eth2 go to core 1, and so on"),
        "{said}"
    );
    fake.0.borrow_mut().core(2).state = abi::KBP_CORE_OFF;
    assert!(!text(&fake, "status").contains(REMARK), "softirq serves it");
}

#[test]
fn threaded_devices_are_listed_and_noted_while_a_core_is_active() {
    let fake = Fake::active();
    for (device, mode) in [("eth0", "1\n"), ("eth1", "0\n"), ("eth2", "2\n")] {
        put(&fake, &format!("/sys/class/net/{device}/threaded"), mode);
    }
    let note =
        "note: eth0 has threaded NAPIs: its own threads poll it, KBP leaves it alone; echo 0 \
                > /sys/class/net/eth0/threaded";
    let listed = || {
        let answer = kbpctl(&fake, "status").expect("a status");
        (answer.json["threaded_devices"].to_string(), answer.text)
    };
    let (names, text_of_it) = listed();
    assert_eq!(names, "[\"eth0\",\"eth2\"]");
    assert!(text_of_it.contains(note), "{text_of_it}");
    text(&fake, "disable");
    let (names, text_of_it) = listed();
    assert_eq!(names, "[\"eth0\",\"eth2\"]");
    assert!(!text_of_it.contains("threaded"), "{text_of_it}");
}

#[test]
fn a_backlog_with_a_thread_of_its_own_is_told_with_the_cure() {
    let fake = Fake::active();
    let line =
        "     part of loopback, veth and RPS passes KBP by: boot without thread_backlog_napi\n";
    let told = || {
        let answer = kbpctl(&fake, "status").expect("a status");
        let told = answer.json["cores"][0]["backlog_thread"].clone();
        (told, answer.text.contains(line))
    };
    assert_eq!(told(), (false.into(), false));
    fake.0.borrow_mut().core(2).flags = abi::KBP_CORE_BACKLOG_THREAD;
    assert_eq!(told(), (true.into(), true));
}

#[test]
fn a_core_that_softirq_serves_most_of_the_time_says_so() {
    let fake = Fake::active();
    let line = "     softirq receives, uncounted here; kbp/2 was called 5 times, when it did not get through\n";
    let told = |state, idle, away| {
        {
            let mut machine = fake.0.borrow_mut();
            let core = machine.core(2);
            (core.state, core.config.idle_policy, core.config.away) = (state, idle, away);
            core.config.irq_mode = abi::KBP_IRQ_ARMED;
            (core.counters.sleep_wakeups, core.counters.window_wakeups) = (2, 3);
        }
        text(&fake, "status").contains(line)
    };
    let (sleeping, off) = (abi::KBP_CORE_SLEEPING, abi::KBP_CORE_OFF);
    let (adaptive, spin) = (abi::KBP_IDLE_ADAPTIVE, abi::KBP_IDLE_SPIN);
    assert!(told(sleeping, adaptive, abi::KBP_AWAY_AUTO));
    assert!(told(sleeping, spin, abi::KBP_AWAY_SOFTIRQ));
    assert!(!told(sleeping, spin, abi::KBP_AWAY_AUTO));
    assert!(!told(sleeping, adaptive, abi::KBP_AWAY_THREAD));
    assert!(!told(off, adaptive, abi::KBP_AWAY_AUTO));
    assert!(told(sleeping, adaptive, abi::KBP_AWAY_AUTO));
    fake.0.borrow_mut().core(2).config.irq_mode = abi::KBP_IRQ_MASKED;
    assert!(!text(&fake, "status").contains(line));
}

#[test]
fn a_system_going_to_sleep_is_shown() {
    let fake = Fake::active();
    fake.0.borrow_mut().suspended = true;
    let answer = kbpctl(&fake, "status").expect("a status");
    assert_eq!(answer.json["module"]["suspended"], true);
    assert!(answer.text.contains("going to sleep"), "{}", answer.text);
}
