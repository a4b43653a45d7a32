// SPDX-License-Identifier: GPL-2.0
//! A core and its kernel in a few plain values, so that a poller can be run step by step.
//! Time moves only when somebody spends it, and what stands on the timeline happens as it passes.

mod core;
mod ledger;
mod napi;
mod platform;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use kbp_engine::{run, Budget, CoreState, CycleReport, IdlePolicy, IrqMode, Policy, Woken};

pub(crate) use napi::Napi;

/// What a script lets happen before the orders are read for the `n`-th time.
pub(crate) type Script = Box<dyn Fn(u64, &World)>;

/// Something that happens at its time, whatever the poller does then.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// Packets for so many polls arrive for a NAPI.
    Arrive(usize, u32),
    /// The hooks come or go.
    Hooks(bool),
    /// A livepatch transition begins.
    Patch,
    /// That transition ends by itself.
    PatchOver,
    /// The system goes to sleep, or is back.
    Suspend(bool),
    /// The core is given to softirq from outside.
    Shut,
    /// The watch does that, because the poller seems not to run.
    Rescue,
    /// The operator changes the policy.
    Follow(Policy),
    /// Another task waits for the core, or none does.
    Others(bool),
    /// Softirq does not get through any more, or does again.
    Trouble(bool),
    /// The kernel rations real-time tasks, or does not.
    Ration(bool),
    /// The operator sets `netdev_budget`.
    Budget(i32),
    /// The scheduler wants the core.
    Reschedule,
    /// Something that has nothing to do with NAPIs raises NET_RX.
    Raise,
    /// Control asks the poller to end.
    Stop,
}

/// A finished window or adaptive sleep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Away {
    pub(crate) end_ns: u64,
    pub(crate) ns: u64,
    pub(crate) woken: Woken,
    /// The spin time after an adaptive sleep.
    pub(crate) spin_ns: u64,
}

/// The world of one poller.
pub(crate) struct World {
    // Time.
    pub(crate) now_ns: Cell<u64>,
    timeline: RefCell<VecDeque<(u64, Event)>>,
    pub(crate) script: RefCell<Option<Script>>,
    pub(crate) poll_cost_ns: Cell<u64>,
    pub(crate) relax_ns: Cell<u64>,
    pub(crate) clock_steps_back_ns: Cell<u64>,
    // The core.
    /// Until the poller has begun, softirqs wait for it.
    begun: Cell<bool>,
    pub(crate) napis: RefCell<Vec<Napi>>,
    pub(crate) list: RefCell<VecDeque<usize>>,
    taken: RefCell<VecDeque<usize>>,
    repoll: RefCell<VecDeque<usize>>,
    pub(crate) guard_depth: Cell<u32>,
    pub(crate) owned: Cell<bool>,
    /// The cycle under way began with the core.
    took_owned: Cell<bool>,
    pub(crate) shut_from_outside: Cell<bool>,
    pub(crate) rescued_ns: Cell<Option<u64>>,
    /// When the core is taken again, as it was told last.
    pub(crate) retry_ns: Cell<Option<u64>>,
    /// How long after its rescue it was taken again, each time.
    pub(crate) retries_ns: RefCell<Vec<u64>>,
    pub(crate) net_rx_pending: Cell<bool>,
    /// The kernel's `in_net_rx_action`.
    in_net_rx_action: Cell<bool>,
    asleep: Cell<bool>,
    /// Softirq serves, and the poller waits for a call.
    sentry: Cell<bool>,
    /// Softirq does not get through.
    in_trouble: Cell<bool>,
    called_ns: Cell<Option<u64>>,
    // What is wanted.
    pub(crate) budget: Cell<Budget>,
    pub(crate) hooks: Cell<bool>,
    pub(crate) others_waiting: Cell<bool>,
    /// CPU time that a program which reads the packets wants for each poll's, and for those it has
    /// not read yet.
    pub(crate) reader_cost_ns: Cell<u64>,
    pub(crate) reader_wants_ns: Cell<u64>,
    /// The kernel rations real-time tasks.
    pub(crate) rationed: Cell<bool>,
    pub(crate) must_reschedule: Cell<bool>,
    /// The scheduler has run others before every cycle.
    pub(crate) preempted: Cell<bool>,
    pub(crate) patch_pending: Cell<bool>,
    pub(crate) suspended: Cell<bool>,
    pub(crate) stop: Cell<bool>,
    pub(crate) nudged: Cell<bool>,
    version: Cell<u32>,
    policy: Cell<Policy>,
    // What was seen.
    pub(crate) looks: Cell<u64>,
    pub(crate) polled: Cell<u64>,
    /// Cycles that were counted as ended by their budget.
    pub(crate) squeezes: Cell<u64>,
    pub(crate) served_by_softirq: Cell<u64>,
    pub(crate) slept_ns: Cell<u64>,
    pub(crate) reader_wanted_most_ns: Cell<u64>,
    ordinary_since_ns: Cell<Option<u64>>,
    pub(crate) ordinary_ns: Cell<u64>,
    pub(crate) longest_ordinary_beside_task_ns: Cell<u64>,
    others_since_ns: Cell<u64>,
    pub(crate) joins: Cell<u32>,
    pub(crate) releases: Cell<u32>,
    /// A transition has ended since the hooks were tried last.
    hooks_untried: Cell<bool>,
    pub(crate) longest_hold_ns: Cell<u64>,
    pub(crate) longest_spin_ns: Cell<u64>,
    pub(crate) longest_blind_ns: Cell<u64>,
    pub(crate) least_excess_ns: Cell<i64>,
    pub(crate) longest_excess_ns: Cell<i64>,
    pub(crate) states: RefCell<Vec<(u64, CoreState, kbp_engine::YieldReason)>>,
    pub(crate) reports: RefCell<Vec<CycleReport>>,
    pub(crate) windows: RefCell<Vec<Away>>,
    pub(crate) sleeps: RefCell<Vec<Away>>,
    pub(crate) followed: RefCell<Vec<(usize, Policy)>>,
    pub(crate) quiet_since_ns: Cell<u64>,
    pub(crate) longest_unquiet_ns: Cell<u64>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now_ns: Cell::default(),
            timeline: RefCell::default(),
            script: RefCell::default(),
            poll_cost_ns: Cell::default(),
            relax_ns: Cell::new(1_000),
            clock_steps_back_ns: Cell::default(),
            begun: Cell::default(),
            napis: RefCell::default(),
            list: RefCell::default(),
            taken: RefCell::default(),
            repoll: RefCell::default(),
            guard_depth: Cell::default(),
            owned: Cell::default(),
            took_owned: Cell::default(),
            shut_from_outside: Cell::default(),
            rescued_ns: Cell::default(),
            retry_ns: Cell::default(),
            retries_ns: RefCell::default(),
            net_rx_pending: Cell::default(),
            in_net_rx_action: Cell::default(),
            asleep: Cell::default(),
            sentry: Cell::default(),
            in_trouble: Cell::default(),
            called_ns: Cell::default(),
            budget: Cell::new(Budget::DEFAULT),
            hooks: Cell::new(true),
            others_waiting: Cell::default(),
            reader_cost_ns: Cell::default(),
            reader_wants_ns: Cell::default(),
            rationed: Cell::default(),
            must_reschedule: Cell::default(),
            preempted: Cell::default(),
            patch_pending: Cell::default(),
            suspended: Cell::default(),
            stop: Cell::default(),
            nudged: Cell::default(),
            version: Cell::default(),
            policy: Cell::default(),
            looks: Cell::default(),
            polled: Cell::default(),
            squeezes: Cell::default(),
            served_by_softirq: Cell::default(),
            slept_ns: Cell::default(),
            reader_wanted_most_ns: Cell::default(),
            ordinary_since_ns: Cell::default(),
            ordinary_ns: Cell::default(),
            longest_ordinary_beside_task_ns: Cell::default(),
            others_since_ns: Cell::default(),
            joins: Cell::default(),
            releases: Cell::default(),
            hooks_untried: Cell::default(),
            longest_hold_ns: Cell::default(),
            longest_spin_ns: Cell::default(),
            longest_blind_ns: Cell::default(),
            least_excess_ns: Cell::new(i64::MAX),
            longest_excess_ns: Cell::default(),
            states: RefCell::default(),
            reports: RefCell::default(),
            windows: RefCell::default(),
            sleeps: RefCell::default(),
            followed: RefCell::default(),
            quiet_since_ns: Cell::default(),
            longest_unquiet_ns: Cell::default(),
        }
    }
}

/// The policy with other interrupts and another idle time than the default.
pub(crate) fn policy(irq: IrqMode, idle: IdlePolicy) -> Policy {
    Policy {
        irq,
        idle,
        ..Policy::default()
    }
}

impl World {
    /// A world whose poller follows `policy`.
    pub(crate) fn with(policy: Policy) -> Self {
        let world = Self::default();
        world.policy.set(policy);
        world
    }

    /// Puts `event` on the timeline; events are given in order.
    pub(crate) fn at(&self, at_ns: u64, event: Event) -> &Self {
        self.timeline.borrow_mut().push_back((at_ns, event));
        self
    }

    /// A packet for `napi` at each of these milliseconds.
    pub(crate) fn packet_every_ms(&self, napi: usize, times: std::ops::Range<u64>) {
        for ms in times {
            self.at(ms * 1_000_000, Event::Arrive(napi, 1));
        }
    }

    /// Runs a poller whose orders are asked with `script`.
    pub(crate) fn run_scripted(&self, script: impl Fn(u64, &World) + 'static) {
        *self.script.borrow_mut() = Some(Box::new(script));
        self.run();
    }

    /// Runs a poller to its end, and checks what holds whenever one has ended.
    pub(crate) fn run(&self) {
        run(self, self, self);
        assert_eq!(self.states().last(), Some(&CoreState::Draining));
        assert!(!self.owned.get(), "the core was kept");
        assert!(
            !self.in_net_rx_action.get(),
            "the kernel's flag was left set"
        );
        self.assert_released();
    }

    /// Runs one cycle and no more: a poller that is ordered to stop when it asks again.
    pub(crate) fn run_one_cycle(&self) -> CycleReport {
        self.run_scripted(|look, world| world.stop.set(look == 1));
        self.reports.borrow()[0]
    }

    /// Every NAPI's interrupt is on, unless the NAPI waits on the core's list.
    pub(crate) fn assert_released(&self) {
        for (index, napi) in self.napis.borrow().iter().enumerate() {
            assert!(!napi.held, "NAPI {index} is still held");
            assert!(
                napi.armed != napi.scheduled,
                "NAPI {index}: armed {}, scheduled {}",
                napi.armed,
                napi.scheduled
            );
        }
    }

    /// The states, without their times.
    pub(crate) fn states(&self) -> Vec<CoreState> {
        self.states.borrow().iter().map(|(_, s, _)| *s).collect()
    }
}
