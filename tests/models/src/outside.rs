// SPDX-License-Identifier: GPL-2.0
//! Control and the host, on other cores.

use std::sync::Arc;

use kbp_engine::{run, Policy};

use crate::state::{bit, Context, Ghost, PollerThread, State};
use crate::{Machine, Twin};

impl Machine {
    /// `sys::start_thread()`: a thread that serves the core.
    pub fn start(self: &Arc<Self>) {
        self.atomic(|s| {
            assert!(!s.thread.exists, "one-thread: a second one");
            s.gate.rescued = false;
            s.thread = PollerThread {
                exists: true,
                ..PollerThread::default()
            };
            s.ghost = Ghost::default();
        });
        drop(self.beside(|machine| {
            run(machine, machine, machine);
            machine.atomic(|s| s.thread.ended = true);
        }));
    }

    /// `kbp_thread_nudge()`.
    pub fn nudge(&self) {
        self.atomic(|s| s.thread.nudged = true);
        if !self.errs(Twin::NudgeWakesNobody) {
            self.atomic(|s| s.thread.sleeping = false);
        }
    }

    /// `sys::ask_stop()`.
    pub fn ask_stop(&self) {
        if self.errs(Twin::StopAfterShut) {
            self.gate_shut();
        }
        self.atomic(|s| s.thread.stop = true);
        self.nudge();
        if !self.errs(Twin::StopAfterShut) {
            self.gate_shut();
        }
    }

    /// `sys::join()`, without a limit.
    pub fn join(&self) {
        self.when(|s| s.thread.ended, |s| s.thread.exists = false);
        self.recover_backlog();
    }

    /// Stops the thread.
    pub fn stop(&self) {
        self.ask_stop();
        self.join();
    }

    /// Waits until that many packets have been received.
    pub fn wait_received(&self, packets: u32) {
        self.when(move |s| s.received() >= packets, |_| ());
    }

    /// Waits until the poller has yielded so often.
    pub fn wait_yields(&self, yields: u32) {
        self.when(move |s| s.ghost.yields >= yields, |_| ());
    }

    /// Waits until the poller has the core.
    pub fn wait_owned(&self) {
        self.when(|s| s.gate.owned, |_| ());
    }

    /// Another policy.
    pub fn follow(&self, policy: Policy) {
        self.atomic(|s| {
            s.policy = policy;
            s.version += 1;
        });
        self.nudge();
    }

    /// The system goes to sleep, or is back.
    pub fn suspend(&self, sleeps: bool) {
        self.atomic(|s| s.suspended = sleeps);
        self.nudge();
    }

    /// Somebody's livepatch takes the hooks away without a word, or they are back.
    pub fn set_hooks(&self, live: bool) {
        self.atomic(|s| {
            s.hooks = live;
            s.ghost.hooks_were_gone |= !live;
        });
    }

    /// Control tries whether the hooks are in effect, on this core of all cores.
    pub fn try_hooks(&self) -> bool {
        self.hooks_in_effect(Context::Process)
    }

    /// A transition that waits for the poller begins; `hooks` are those at its end, for all tasks.
    pub fn transition(&self, hooks: bool) {
        self.atomic(|s| s.patch_pending = true);
        self.when(|s| !s.patch_pending, |_| ());
        self.set_hooks(hooks);
    }

    /// The core goes offline after its poller has ended: `dev_cpu_dead()` gives its list to
    /// another core, whose softirq serves it.
    pub fn offline(&self) {
        self.when(
            |s| s.bh.is_none() && s.lines.is_empty(),
            |s| {
                assert!(!s.in_net_rx, "hand-over: the kernel's flag is left set");
                assert!(!s.gate.owned, "hand-over: offline with an open gate");
                s.pending |= !s.list.is_empty();
                s.ksoftirqd |= s.pending;
            },
        );
    }

    /// A real-time task gets the core as soon as the poller sleeps, or holds a NAPI.
    pub fn hog(&self) {
        let holds = |s: &State| s.bh.is_none() && s.list.iter().any(|n| s.has(*n, bit::HELD));
        let away = move |s: &State| s.thread.sleeping || holds(s);
        self.when(away, |s| s.hogged = true);
    }

    /// That task is over.
    pub fn hog_over(&self) {
        self.atomic(|s| s.hogged = false);
    }

    /// Whether the core was taken from its poller by the watch.
    pub fn is_rescued(&self) -> bool {
        self.atomic(|s| s.gate.rescued)
    }
}
