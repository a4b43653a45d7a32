// SPDX-License-Identifier: GPL-2.0
//! Held NAPIs: for how long, and when they must be let go.

use kbp_engine::{Budget, CoreState, IdlePolicy, IrqMode};
use proptest::prelude::*;

use crate::world::{policy, Event, World};

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;
/// Longest time in which a held NAPI is not let go.
const HOLD_NS: u64 = 100 * MS;

fn masked(idle: IdlePolicy) -> World {
    let world = World::with(policy(IrqMode::Masked, idle));
    world.relax_ns.set(20_000);
    world
}

#[test]
fn a_held_napi_is_let_go_every_100_ms() {
    let world = masked(IdlePolicy::Spin);
    let napi = world.schedule(1);
    // Packets come again and again, or it would stay armed after the first time.
    world.packet_every_ms(napi, 1..2_000);
    world.at(2 * S, Event::Stop);
    world.run();
    let longest_ns = world.longest_hold_ns.get();
    assert!(
        (HOLD_NS..HOLD_NS + MS).contains(&longest_ns),
        "{longest_ns}"
    );
    assert!(
        (15..25).contains(&world.releases.get()),
        "{}",
        world.releases.get()
    );
}

#[test]
fn a_let_go_napi_without_packets_stays_armed() {
    let world = masked(IdlePolicy::Spin);
    world.schedule(1);
    world.at(HOLD_NS + 10 * MS, Event::Stop);
    world.run_scripted(|_, world| {
        if world.now_ns.get() > HOLD_NS + 5 * MS {
            world.assert_released();
        }
    });
    assert_eq!(world.releases.get(), 1);
}

#[test]
fn every_adaptive_sleep_lets_go_before() {
    let world = masked(IdlePolicy::Adaptive { spin_ns: 50_000 });
    let napi = world.schedule(1);
    world.packet_every_ms(napi, 1..20);
    world.at(30 * MS, Event::Stop);
    // The world asserts that nothing is held during the sleep.
    world.run();
    assert!(world.sleeps.borrow().len() >= 19);
    assert_eq!(world.releases.get(), 20);
    assert_eq!(world.polled.get(), 20);
}

#[test]
fn every_polite_window_lets_go_before_but_no_firm_one() {
    let world = masked(IdlePolicy::Spin);
    let napi = world.schedule(1);
    world.at(0, Event::Others(true));
    world.packet_every_ms(napi, 1..200);
    world.at(200 * MS, Event::Stop);
    world.run();
    let windows = world.windows.borrow().len() as u32;
    assert!(windows > 10, "{windows}");
    // Two windows in a row have a single release; the world asserts that nothing is held in either.
    let releases = world.releases.get();
    assert!(releases > 10 && releases <= windows, "{releases} {windows}");
}

#[test]
fn a_packet_that_comes_as_it_is_let_go_is_polled_instead_of_a_sleep() {
    let world = masked(IdlePolicy::Adaptive { spin_ns: 50_000 });
    world.poll_cost_ns.set(10_000);
    let napi = world.schedule(1);
    world.run_scripted(move |look, world| {
        // Between the empty cycle that ends the spin and the one that lets go nobody can step
        // in, but a packet can come during any poll.
        if look < 200 {
            let at_ns = world.now_ns.get() + 5_000;
            world.at(at_ns, Event::Arrive(napi, u32::from(look % 7 == 0)));
        }
        world.stop.set(look == 400);
    });
    assert_eq!(world.napis.borrow()[napi].wants, 0);
}

#[test]
fn masked_napis_are_armed_when_the_poller_yields_or_is_told_to_arm() {
    for event in [
        Event::Suspend(true),
        Event::Patch,
        Event::Follow(policy(IrqMode::Armed, IdlePolicy::Spin)),
    ] {
        let world = masked(IdlePolicy::Spin);
        world.schedule_all(4, 2);
        world.at(MS, event);
        world.at(5 * MS, Event::Stop);
        world.run_scripted(|_, world| {
            let now_ns = world.now_ns.get();
            if (100_000..MS).contains(&now_ns) {
                assert!(world.napis.borrow().iter().all(|napi| napi.held));
            }
            if (MS + 100_000..).contains(&now_ns) {
                world.assert_released();
            }
        });
        assert_eq!(world.states().last(), Some(&CoreState::Draining));
    }
}

#[test]
fn a_cycle_that_could_not_poll_all_has_not_let_all_go() {
    let world = masked(IdlePolicy::Spin);
    world.poll_cost_ns.set(Budget::DEFAULT.time_ns);
    // Two that use up the budget and cannot be held, and one that waits behind them.
    let [first, second] = [world.add_napi(false), world.add_napi(false)];
    world.arrive(first, u32::MAX);
    world.arrive(second, u32::MAX);
    world.schedule(1);
    world.at(2 * S, Event::Stop);
    world.run();
    let longest_ns = world.longest_hold_ns.get();
    assert!(longest_ns < HOLD_NS + 10 * MS, "held for {longest_ns} ns");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Under any load, with any number of NAPIs, none is held for longer than promised and the
    /// few cycles it takes to reach it.
    #[test]
    fn no_load_makes_a_hold_longer(
        napis in prop::collection::vec((any::<bool>(), 1u32..2_000), 1..8),
        poll_cost_ns in 10_000u64..2_500_000,
    ) {
        let world = masked(IdlePolicy::Spin);
        world.poll_cost_ns.set(poll_cost_ns);
        let count = napis.len() as u64;
        for (holdable, polls) in napis {
            let index = world.add_napi(holdable);
            world.arrive(index, polls);
        }
        world.at(500 * MS, Event::Stop);
        world.run();
        let rounds_ns = count * (Budget::DEFAULT.time_ns + poll_cost_ns);
        prop_assert!(world.longest_hold_ns.get() < HOLD_NS + rounds_ns + 2 * MS);
    }
}
