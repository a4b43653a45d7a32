// SPDX-License-Identifier: GPL-2.0
//! Two looks at the kernel in memory.

use std::path::PathBuf;
use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_core_status, kbp_napi_status};

use super::event::Kind;
use super::interval::Interval;
use super::one_core::{Core, Poller};
use super::sample::Sample;
use crate::cores::list;
use crate::sys::fake::Fake;
use crate::sys::System;

const SECOND: u64 = 1_000_000_000;

/// Core 2 is served.
fn machine() -> Fake {
    let fake = Fake::active();
    for (path, text) in [
        (
            "/proc/stat",
            "cpu  0 0 0 0 0 0 0 0\ncpu2 10 0 0 100 0 0 0 5 0 0\n",
        ),
        (
            "/proc/net/softnet_stat",
            "00000010 fffffffe 0 0 0 0 0 0 0 0 0 0 00000002\n",
        ),
        (
            "/proc/interrupts",
            "  CPU0 CPU2\n 25: 7 4294967290 PCI-MSIX 1-edge virtio0-input.0\n",
        ),
        ("/sys/class/net/eth0/ifindex", "2\n"),
        ("/sys/class/net/eth0/flags", "0x1003\n"),
        ("/sys/class/net/eth0/device/vendor", "0x1af4\n"),
        ("/sys/class/net/eth0/device/../msi_irqs/25", "msix\n"),
        ("/sys/class/net/eth0/queues/rx-0/rps_cpus", "0\n"),
        ("/sys/kernel/irq/25/actions", "virtio0-input.0\n"),
        ("/proc/irq/25/smp_affinity_list", "2\n"),
        ("/proc/irq/25/effective_affinity_list", "2\n"),
    ] {
        put(&fake, path, text);
    }
    fake
}

fn put(fake: &Fake, path: &str, text: &str) {
    let mut machine = fake.0.borrow_mut();
    machine.files.insert(PathBuf::from(path), text.to_owned());
}

fn look(fake: &Fake) -> Sample {
    let info = fake.info().expect("a loaded module");
    Sample::take(fake, &info).expect("a look")
}

/// What two looks tell, a second apart, between which this happens.
fn second(fake: &Fake, happens: impl FnOnce(&Fake)) -> Interval {
    let before = look(fake);
    fake.sleep(Duration::from_secs(1));
    happens(fake);
    Interval::between(&before, &look(fake), None)
}

fn on_core(fake: &Fake, change: impl FnOnce(&mut kbp_core_status)) {
    change(fake.0.borrow_mut().core(2));
}

/// The figures of core 2 of a second in which this changes.
fn core(change: impl FnOnce(&mut kbp_core_status)) -> Core {
    let interval = second(&machine(), |fake| on_core(fake, change));
    interval.cores.into_iter().next().expect("a core")
}

fn kinds(interval: &Interval) -> Vec<(Kind, Option<u32>)> {
    let events = interval.events.iter();
    events.map(|event| (event.kind, event.core)).collect()
}

#[test]
fn counters_become_figures_of_the_interval() {
    let core = core(|core| {
        let counters = &mut core.counters;
        counters.packets += 1500;
        counters.polls += 500;
        counters.cycles += 400;
        counters.empty_cycles += 100;
        counters.busy_ns += SECOND / 2;
        counters.idle_ns += SECOND / 4;
        counters.window_ns += SECOND / 8;
        counters.longest_guard_ns = 70_000;
        core.guard.counts[17] = 3;
        core.delay.counts[10] = 3;
    });
    assert_eq!((core.core, core.state), (2, "polling"));
    let poller = core.poller;
    assert_eq!(poller.packets_per_s, Some(1500.0));
    assert_eq!(poller.polls_per_s, Some(500.0));
    assert_eq!(poller.empty_share, Some(0.25));
    assert_eq!(poller.busy_share, Some(0.5));
    assert_eq!(poller.spin_share, Some(0.25));
    assert_eq!(poller.window_share, Some(0.125));
    assert_eq!(poller.sleep_share, Some(0.0));
    assert_eq!(poller.delay.expect("delays").max_ns, Some(1024));
    // The bucket goes to 131072 ns, and the longest is known.
    assert_eq!(poller.guard.expect("guards").p99_ns, Some(70_000));
    assert_eq!(poller.gap_record_ns, None);
}

#[test]
fn what_was_counted_before_is_not_of_the_interval() {
    let fake = machine();
    on_core(&fake, |core| {
        core.delay.counts[25] = 1000;
        core.counters.longest_gap_ns = 400 * SECOND;
    });
    let interval = second(&fake, |fake| {
        on_core(fake, |core| core.delay.counts[4] += 1);
    });
    let poller = &interval.cores[0].poller;
    let delay = poller.delay.as_ref().expect("delays");
    assert_eq!(
        (delay.count, delay.p99_ns, delay.max_ns),
        (1, Some(16), Some(16))
    );
    assert_eq!(poller.gap_record_ns, None);
    let interval = second(&fake, |fake| {
        on_core(fake, |core| core.counters.longest_gap_ns += 1);
    });
    let gap = interval.cores[0].poller.gap_record_ns;
    assert_eq!(gap, Some(400 * SECOND + 1));
}

#[test]
fn a_sleep_has_its_part_of_the_interval_whenever_it_is_counted() {
    // It began long ago, and was counted when it ended.
    let ended = core(|core| {
        core.counters.sleep_ns += 100 * SECOND;
        core.counters.busy_ns += SECOND / 4;
    });
    assert_eq!(ended.poller.sleep_share, Some(0.75));
    assert_eq!(ended.poller.busy_share, Some(0.25));
    // It goes on, and is not counted yet.
    let asleep = |core: &mut kbp_core_status| core.state = abi::KBP_CORE_SLEEPING;
    assert_eq!(core(asleep).poller.sleep_share, Some(1.0));
    // A poller that only spins is in a window.
    let spinning = core(|core| {
        core.state = abi::KBP_CORE_SLEEPING;
        core.config.idle_policy = abi::KBP_IDLE_SPIN;
    });
    assert_eq!(spinning.poller.sleep_share, Some(0.0));
    // It was with softirq until a moment ago.
    let fake = machine();
    on_core(&fake, |core| core.state = abi::KBP_CORE_YIELDED);
    let served = second(&fake, |fake| on_core(fake, asleep));
    assert_eq!(served.cores[0].poller.sleep_share, Some(0.0));
}

#[test]
fn a_counter_that_went_backwards_leaves_no_figure() {
    let fake = machine();
    on_core(&fake, |core| core.counters.packets = 1000);
    let interval = second(&fake, |fake| {
        on_core(fake, |core| core.counters.packets = 5)
    });
    assert_eq!(interval.cores[0].poller, Poller::default());
    assert_eq!(interval.events, []);
}

#[test]
fn an_interval_without_length_has_no_rates() {
    let fake = machine();
    let sample = look(&fake);
    let interval = Interval::between(&sample, &sample, None);
    assert_eq!(interval.interval_ns, 0);
    let core = &interval.cores[0];
    assert_eq!(core.poller.packets_per_s, None);
    assert_eq!(core.poller.busy_share, None);
    assert_eq!(core.steal_share, None);
    assert_eq!(interval.nics[0].interrupts_per_s, None);
}

#[test]
fn a_core_that_was_off_goes_on_counting_where_it_stopped() {
    let fake = machine();
    let napi = kbp_napi_status {
        napi_id: 8193,
        ifindex: 2,
        packets: 1_000_000,
        polls: 1_000_000,
        ..kbp_napi_status::default()
    };
    fake.0.borrow_mut().napis.insert(2, vec![napi]);
    on_core(&fake, |core| {
        core.state = abi::KBP_CORE_OFF;
        core.counters.packets = 1_000_000;
    });
    let interval = second(&fake, |fake| {
        on_core(fake, |core| {
            core.state = abi::KBP_CORE_POLLING;
            core.counters.packets += 10;
        });
        fake.0.borrow_mut().napis.get_mut(&2).expect("it")[0].packets += 10;
    });
    let core = &interval.cores[0];
    assert_eq!(core.poller.packets_per_s, Some(10.0));
    assert_eq!(core.napis[0].packets_per_s, Some(10.0));
    assert_eq!(core.napis[0].device.as_deref(), Some("eth0"));
    assert_eq!(kinds(&interval), [(Kind::Enabled, Some(2))]);
    let interval = second(&fake, |fake| {
        on_core(fake, |core| core.state = abi::KBP_CORE_OFF);
    });
    assert_eq!(kinds(&interval), [(Kind::Disabled, Some(2))]);
    // Off all the time: not KBP's, unless it is asked for.
    let (before, now) = (look(&fake), look(&fake));
    assert_eq!(Interval::between(&before, &now, None).cores, []);
    let asked = Interval::between(&before, &now, Some(&list::set([1, 2])));
    assert_eq!(asked.cores.len(), 2);
    assert_eq!(asked.cores[1].poller, Poller::default());
}

#[test]
fn a_record_that_another_napi_got_is_not_mixed_up() {
    let fake = machine();
    let napi = |napi_id, packets| kbp_napi_status {
        napi_id,
        packets,
        polls: packets,
        longest_delay_ns: 9,
        ..kbp_napi_status::default()
    };
    let records = vec![napi(1, 5000), napi(0, 100), napi(0, 200)];
    fake.0.borrow_mut().napis.insert(2, records);
    let interval = second(&fake, |fake| {
        let records = vec![napi(7, 30), napi(0, 110), napi(0, 190)];
        fake.0.borrow_mut().napis.insert(2, records);
    });
    let napis = &interval.cores[0].napis;
    let rates: Vec<_> = napis.iter().map(|napi| napi.packets_per_s).collect();
    // The two without a number, of which the second began anew, and the new one.
    assert_eq!(rates, [Some(10.0), None, Some(30.0)]);
    assert_eq!(napis[1].delay, None);
}

#[test]
fn what_the_kernel_counts_in_32_bits_may_run_over() {
    let fake = machine();
    let interval = second(&fake, |fake| {
        let softnet = "00000110 00000003 0 0 0 0 0 0 0 0 0 0 00000002\n";
        put(fake, "/proc/net/softnet_stat", softnet);
        put(fake, "/proc/interrupts", " CPU0 CPU2\n 25: 9 4 PCI-MSIX\n");
        put(fake, "/proc/stat", "cpu2 60 0 0 135 0 0 0 20 0 0\n");
    });
    let core = &interval.cores[0];
    assert_eq!(core.received_per_s, Some(256.0));
    assert_eq!(core.dropped_per_s, Some(5.0));
    assert_eq!(core.interrupts_per_s, Some(10.0));
    assert_eq!(core.steal_share, Some(0.15));
    // On all cores.
    assert_eq!(interval.nics[0].device, "eth0");
    assert_eq!(interval.nics[0].interrupts_per_s, Some(12.0));
}

#[test]
fn a_core_that_goes_offline_has_no_figures_of_the_kernel() {
    let fake = machine();
    let interval = second(&fake, |fake| {
        put(fake, "/proc/net/softnet_stat", "");
        put(fake, "/proc/interrupts", " CPU0\n 25: 9 PCI-MSIX\n");
        put(fake, "/proc/stat", "cpu0 1 0 0 0 0 0 0 0 0 0\n");
        on_core(fake, |core| {
            core.state = abi::KBP_CORE_YIELDED;
            core.yield_reason = abi::KBP_YIELD_OFFLINE;
            core.counters.yields_offline += 1;
        });
    });
    let core = &interval.cores[0];
    assert_eq!(
        (core.state, core.yield_reason),
        ("yielded", Some("core offline"))
    );
    assert_eq!((core.received_per_s, core.dropped_per_s), (None, None));
    assert_eq!((core.steal_share, core.interrupts_per_s), (None, None));
    assert_eq!(core.poller.packets_per_s, Some(0.0));
    assert_eq!(kinds(&interval), [(Kind::Yielded, Some(2))]);
}

#[test]
fn events_tell_what_came_and_went_between_two_looks() {
    let fake = machine();
    let interval = second(&fake, |fake| {
        on_core(fake, |core| {
            core.counters.yields_patch += 1;
            core.counters.rescues += 1;
            (core.rescue_ns, core.rescue_pid) = (1, 4711);
            core.rescue_comm[..6].copy_from_slice(&b"rt-hog".map(|byte| byte as i8));
        });
        put(fake, "/proc/irq/25/smp_affinity_list", "3\n");
        put(fake, "/proc/irq/25/effective_affinity_list", "3\n");
    });
    let texts: Vec<&str> = interval.events.iter().map(|event| &*event.text).collect();
    assert_eq!(
        texts,
        [
            "core 2 given back to softirq: livepatch transition",
            "core 2 rescued: rt-hog (pid 4711) had the core",
            "core 2 is served again",
            "eth0 rx-0 (irq 25) goes to core 3, not to core 2",
        ]
    );
    // Of the cores that are asked for.
    let before = look(&fake);
    on_core(&fake, |core| core.counters.rescues += 1);
    let interval = Interval::between(&before, &look(&fake), Some(&list::set([1])));
    assert_eq!(interval.events, []);
    // And what is so at the first look.
    on_core(&fake, |core| {
        core.state = abi::KBP_CORE_YIELDED;
        core.yield_reason = abi::KBP_YIELD_RESCUE;
    });
    let first = Interval::events_at_first(&look(&fake));
    assert_eq!(first[0].kind, Kind::Rescued);
}
