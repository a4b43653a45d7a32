// SPDX-License-Identifier: GPL-2.0
//! The state of a core, its kernel and its NAPIs.

use std::collections::VecDeque;

use kbp_engine::{CoreState, Policy};
use shuttle::sync::mpsc::Sender;

/// Who does something on the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// The poller's thread.
    Poller,
    /// Another task.
    Process,
    /// A hard interrupt or an IPI.
    Interrupt,
    /// A softirq, wherever it runs.
    Softirq,
}

/// The bits of `napi_struct.state` that matter.
pub(crate) mod bit {
    /// Somebody owns it.
    pub(crate) const SCHED: u32 = 1;
    /// It was scheduled once more meanwhile.
    pub(crate) const MISSED: u32 = 2;
    /// It is to be disabled.
    pub(crate) const DISABLE: u32 = 4;
    /// netpoll has it, or it is disabled.
    pub(crate) const NPSVC: u32 = 8;
    /// It must not complete.
    pub(crate) const IN_BUSY_POLL: u32 = 16;
    /// KBP's own: it was held when it was last polled.
    pub(crate) const HELD: u32 = 32;
    /// It has a thread of its own, which is woken instead of a softirq.
    pub(crate) const THREADED: u32 = 64;
    /// That thread has been woken for it.
    pub(crate) const SCHED_THREADED: u32 = 128;
    /// KBP's own, of the backlog: control has seen it scheduled.
    pub(crate) const STRAY: u32 = 256;
    /// KBP's own: its driver wants to leave the core.
    pub(crate) const LEAVES: u32 = 512;
}

/// One NAPI and its ring and interrupt.
#[derive(Clone, Debug, Default)]
pub struct Napi {
    /// [`bit`]s.
    pub bits: u32,
    /// Packets that nobody has taken.
    pub ring: u32,
    /// Packets taken.
    pub received: u32,
    /// Its interrupt is on.
    pub armed: bool,
    /// It is the core's backlog: no interrupt, no completion by `napi_complete_done()`.
    pub backlog: bool,
    /// It has been disabled.
    pub disabled: bool,
    /// Its interrupt goes to another core by now, and its ring is never empty.
    pub moved: bool,
    /// That core polls it.
    pub followed: bool,
    /// On some list.
    pub linked: bool,
    /// Who is in its poll function.
    pub polling: Option<Context>,
    /// Since when it has been waiting on a list for the poller.
    pub waits_since_ns: Option<u64>,
    /// For how long it had when its poll began.
    pub waited_ns: Option<u64>,
}

/// `struct kbp_gate`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    pub(crate) owned: bool,
    pub(crate) sentry: bool,
    pub(crate) wake: bool,
    pub(crate) rescued: bool,
    pub(crate) called_ns: u64,
    pub(crate) beat: u64,
    pub(crate) suspected_beat: u64,
    pub(crate) suspected_ns: u64,
}

/// `struct kbp_thread`, and the thread itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct PollerThread {
    pub(crate) exists: bool,
    pub(crate) ended: bool,
    pub(crate) stop: bool,
    pub(crate) nudged: bool,
    /// Its task state is a sleeping one.
    pub(crate) sleeping: bool,
    /// `struct kbp_poller`.
    pub(crate) list: VecDeque<usize>,
    pub(crate) repoll: VecDeque<usize>,
}

/// What is not there in the kernel, but must be known to separate right from wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ghost {
    /// The cycle under way began with the gate open.
    pub(crate) cycle_owned: bool,
    /// The poller has taken the list since it took the core.
    pub(crate) settled: bool,
    /// Between the beginning and the end of a time as a sentry.
    pub(crate) on_sentry: bool,
    /// Something was raised since then of which it does not know.
    pub(crate) unwatched: bool,
    /// The hooks were out of effect at some time since then.
    pub(crate) hooks_were_gone: bool,
    /// The gate was closed from outside.
    pub(crate) shut_from_outside: bool,
    /// The beat that the first suspicion saw.
    pub(crate) suspected_beat: u64,
    /// The poller's last look at the clock.
    pub(crate) last_read_ns: u64,
    /// Its last state.
    pub(crate) life: Option<CoreState>,
    /// Its yields.
    pub(crate) yields: u32,
    /// Its adaptive sleeps.
    pub(crate) sleeps: u32,
}

pub(crate) type Ready = Box<dyn Fn(&State) -> bool + Send>;

/// All of it.
#[derive(Default)]
pub struct State {
    pub(crate) now_ns: u64,
    /// Who has bottom halves off, or runs a softirq.
    pub(crate) bh: Option<Context>,
    /// NET_RX is pending.
    pub(crate) pending: bool,
    /// ksoftirqd has been woken.
    pub(crate) ksoftirqd: bool,
    /// `softnet_data.poll_list`.
    pub(crate) list: VecDeque<usize>,
    /// `softnet_data.in_net_rx_action`.
    pub(crate) in_net_rx: bool,
    /// Interrupts that the core has not taken yet.
    pub(crate) lines: VecDeque<usize>,
    /// The NAPIs of the core.
    pub napis: Vec<Napi>,
    /// Another core holds the lock of the backlog's queue.
    pub(crate) queue_locked: bool,
    /// Other cores have scheduled the backlog, and their IPIs have not come yet.
    pub(crate) calls: u32,
    /// `kbp_backlog.claimed`.
    pub(crate) claimed: bool,
    /// The backlog has a thread, the poller.
    pub(crate) backlog_thread: bool,
    pub(crate) gate: Gate,
    pub(crate) thread: PollerThread,
    /// `kbp_watch_rests`.
    pub(crate) watch_rests: bool,
    /// `kbp_watch_nudged`.
    pub(crate) watch_nudged: bool,
    /// The hooks are in effect.
    pub(crate) hooks: bool,
    /// A real-time task has the core, and whoever sleeps there does not get it back.
    pub(crate) hogged: bool,
    /// A livepatch transition waits for the poller.
    pub(crate) patch_pending: bool,
    pub(crate) suspended: bool,
    pub(crate) policy: Policy,
    pub(crate) version: u32,
    /// Softirq never gets through.
    pub(crate) trouble: bool,
    /// No thread of its own takes interrupts, and there is no ksoftirqd.
    pub(crate) small: bool,
    /// The machine is switched off: its own threads end.
    pub(crate) off: bool,
    pub(crate) ghost: Ghost,
    pub(crate) waiters: Vec<(Ready, Sender<()>)>,
}

impl State {
    pub(crate) fn has(&self, napi: usize, bits: u32) -> bool {
        self.napis[napi].bits & bits != 0
    }

    /// Puts a NAPI at the end of the core's list.
    pub(crate) fn link(&mut self, napi: usize) {
        self.now_ns += 1;
        let for_poller = self.gate.owned;
        let entry = &mut self.napis[napi];
        assert!(!entry.linked, "one owner: NAPI {napi} linked twice");
        let called = entry.backlog && self.calls > 0;
        assert!(!called, "one owner: NAPI {napi} linked, and an IPI will");
        entry.linked = true;
        entry.waits_since_ns = for_poller.then_some(self.now_ns);
        self.list.push_back(napi);
    }

    /// Packets that have been taken from all rings.
    pub(crate) fn received(&self) -> u32 {
        self.napis.iter().map(|napi| napi.received).sum()
    }

    /// Those that wait to be awake again, as far as they can be.
    pub(crate) fn ready(&mut self) -> Vec<Sender<()>> {
        let mut waiters = std::mem::take(&mut self.waiters);
        let mut ready = Vec::new();
        waiters.retain(|(is_ready, call)| {
            let now = is_ready(self);
            if now {
                ready.push(call.clone());
            }
            !now
        });
        self.waiters = waiters;
        ready
    }
}
