// SPDX-License-Identifier: GPL-2.0
//! The machine: its state, its steps, its waiting.

use std::sync::{Arc, Mutex, PoisonError};

use kbp_engine::Policy;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::sync::mpsc::channel;
use shuttle::thread::{self, JoinHandle};

use crate::state::{Context, Napi, State};
use crate::Twin;

/// What is modelled.
#[derive(Clone, Debug)]
pub struct Model {
    /// NAPIs with a device.
    pub napis: usize,
    /// The core's backlog is the last NAPI.
    pub backlog: bool,
    /// Schedules of the backlog pass by the hooks.
    pub escapes: bool,
    /// Softirq never gets through: whoever is to be called then is.
    pub trouble: bool,
    /// A poller comes round right after it was rescued.
    pub undoes: bool,
    /// Packets that one poll may take.
    pub weight: u32,
    /// The kernel has `in_net_rx_action` (6.12 and later).
    pub flag: bool,
    /// How a poll moves the clock.
    pub poll_cost_ns: u64,
    /// How a pause of a spinning poller does.
    pub relax_ns: u64,
    /// How the core is served.
    pub policy: Policy,
    /// Without threads for interrupts and ksoftirqd: for exhaustive runs.
    pub small: bool,
    /// The mistake, if any.
    pub twin: Option<Twin>,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            napis: 1,
            backlog: false,
            escapes: false,
            trouble: false,
            undoes: false,
            weight: 2,
            flag: true,
            poll_cost_ns: 10,
            relax_ns: 100,
            policy: Policy::default(),
            small: false,
            twin: None,
        }
    }
}

/// One core with its kernel and the world around it.
pub struct Machine {
    /// How it is made.
    pub model: Model,
    state: Mutex<State>,
    point: AtomicUsize,
}

impl Machine {
    /// Switches one on.
    pub fn boot(model: Model) -> Arc<Self> {
        let count = model.napis + usize::from(model.backlog);
        let napi = |index| Napi {
            armed: index < model.napis,
            backlog: index >= model.napis,
            ..Napi::default()
        };
        let state = State {
            now_ns: 1,
            napis: (0..count).map(napi).collect(),
            hooks: true,
            policy: model.policy,
            small: model.small,
            trouble: model.trouble,
            ..State::default()
        };
        Arc::new(Self {
            model,
            state: Mutex::new(state),
            point: AtomicUsize::new(0),
        })
    }

    /// Whether this is the twin with that mistake.
    pub fn errs(&self, twin: Twin) -> bool {
        self.model.twin == Some(twin)
    }

    /// One step: nothing happens within, anything may happen before.
    pub fn atomic<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        self.point.load(Ordering::SeqCst);
        self.unseen(act)
    }

    /// The same where what happens before makes no difference to anybody.
    pub(crate) fn unseen<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut state);
        let ready = state.ready();
        drop(state);
        for call in ready {
            // Nobody is there to hear it once a panic has ended the story.
            let _ = call.send(());
        }
        result
    }

    /// Waits until `ready`, and does `act` in the step that finds it so.
    pub fn when<R>(
        &self,
        ready: impl Fn(&State) -> bool + Clone + Send + 'static,
        act: impl FnOnce(&mut State) -> R,
    ) -> R {
        let mut act = Some(act);
        loop {
            let done = self.atomic(|state| {
                if let Some(act) = act.take_if(|_| ready(state)) {
                    return Ok(act(state));
                }
                let ready = Box::new(ready.clone());
                // Unlike parking, this has no spurious end, of which there would be no end.
                let (call, called) = channel();
                state.waiters.push((ready, call));
                Err(called)
            });
            match done {
                Ok(result) => return result,
                Err(called) => drop(called.recv()),
            }
        }
    }

    /// One step with the lock of the backlog's queue.
    pub(crate) fn with_queue<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let free = self.errs(Twin::BacklogWrittenWithoutLock);
        self.when(move |s| free || !s.queue_locked, act)
    }

    /// Bottom halves off, for a task on the core.
    pub(crate) fn bh_disable(&self, context: Context) {
        let free = move |s: &State| s.bh.is_none() && !(s.hogged && context == Context::Poller);
        self.when(free, |s| s.bh = Some(context));
    }

    /// Runs `body` beside, in a thread of the model checker.
    pub fn beside(
        self: &Arc<Self>,
        body: impl FnOnce(&Machine) + Send + 'static,
    ) -> JoinHandle<()> {
        let machine = Arc::clone(self);
        thread::spawn(move || body(&machine))
    }

    /// Runs `story` on a machine of this model, then waits until all is quiet and checks what must
    /// hold then.
    pub fn run(model: Model, story: impl FnOnce(&Arc<Machine>)) {
        let machine = Machine::boot(model);
        let mut own = Vec::new();
        if !machine.model.small {
            own.push(machine.beside(Machine::take_interrupts));
            own.push(machine.beside(Machine::run_ksoftirqd));
        }
        story(&machine);
        machine.settle();
        machine.atomic(|s| s.off = true);
        for thread in own {
            thread.join().expect("no panic");
        }
    }
}
