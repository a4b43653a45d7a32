// SPDX-License-Identifier: GPL-2.0
//! Whatever happens in whatever order, for all modes. The world asserts guard, life and gate
//! rules as it goes.

use kbp_engine::{Away, Budget, Housekeeping, IdlePolicy, IrqMode, Policy, Retry, Windows};
use proptest::prelude::*;

use crate::world::{Event, World};

const NAPIS: usize = 4;

fn any_policy() -> impl Strategy<Value = Policy> {
    let idle = prop_oneof![
        Just(IdlePolicy::Spin),
        (0u64..300_000).prop_map(|spin_ns| IdlePolicy::Adaptive { spin_ns }),
    ];
    let irq = prop_oneof![Just(IrqMode::Armed), Just(IrqMode::Masked)];
    let away = prop_oneof![Just(Away::Thread), Just(Away::Softirq)];
    let retry = (0u64..20_000_000).prop_map(|first_ns| Retry { first_ns });
    let measures = (10_000u64..300_000, 100_000u64..5_000_000, 1u64..=12);
    let windows = measures.prop_map(|(length_ns, spacing_ns, share_one_in)| Windows {
        length_ns,
        spacing_ns,
        share_one_in,
    });
    (irq, idle, away, retry, windows).prop_map(|(irq, idle, away, retry, windows)| Policy {
        irq,
        idle,
        away,
        retry,
        windows,
    })
}

fn any_event(shut: bool) -> impl Strategy<Value = Event> {
    prop_oneof![
        20 => (0..NAPIS, 1u32..6).prop_map(|(napi, polls)| Event::Arrive(napi, polls)),
        1 => (0..NAPIS, 100u32..2_000).prop_map(|(napi, polls)| Event::Arrive(napi, polls)),
        2 => any::<bool>().prop_map(Event::Hooks),
        1 => Just(Event::Patch),
        1 => Just(Event::PatchOver),
        2 => any::<bool>().prop_map(Event::Suspend),
        2 => any::<bool>().prop_map(Event::Others),
        2 => any::<bool>().prop_map(Event::Trouble),
        2 => any::<bool>().prop_map(Event::Ration),
        1 => (-1i32..1_000).prop_map(Event::Budget),
        2 => Just(Event::Reschedule),
        3 => Just(Event::Raise),
        2 => any_policy().prop_map(Event::Follow),
        u32::from(shut) => Just(Event::Shut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_story_keeps_the_rules(
        policy in any_policy(),
        events in prop::collection::vec((1u64..4_000_000, any_event(true)), 1..200),
        poll_cost_ns in 100u64..400_000,
    ) {
        let world = World::with(policy);
        world.relax_ns.set(10_000);
        world.poll_cost_ns.set(poll_cost_ns);
        (0..NAPIS).for_each(|index| {
            world.add_napi(index > 0);
        });
        // From when on the poller has the core.
        let mut now_ns = 1_000;
        for (gap_ns, event) in events {
            now_ns += gap_ns;
            world.at(now_ns, event);
        }
        world.at(now_ns, Event::Stop);
        world.run();
        // Nothing is left: what the poller had not polled is softirq's.
        prop_assert!(world.list.borrow().is_empty());
        prop_assert!(!world.net_rx_pending.get());
        prop_assert!(world.napis.borrow().iter().all(|napi| napi.wants == 0));
        let cycle_ns = Budget::DEFAULT.time_ns + poll_cost_ns + 1_000;
        for report in world.reports.borrow().iter() {
            prop_assert!(report.end_ns - report.start_ns <= cycle_ns);
        }
        let promised_ns = Housekeeping::QUIESCENT_NS + 3 * cycle_ns;
        prop_assert!(world.longest_unquiet_ns.get() <= promised_ns);
        let hold_ns = 100_000_000 + (NAPIS as u64 + 1) * cycle_ns;
        prop_assert!(world.longest_hold_ns.get() <= hold_ns + 5 * 300_000);
        prop_assert!(world.least_excess_ns.get() >= 0);
    }
}
