// SPDX-License-Identifier: GPL-2.0
//! One run: probes of one size at a constant rate, whether answers come or not.
//!
//! ```text
//!   probe n ── due at n/rate ──►  sent, some lateness after  ── answered
//!                  │◄──────── latency, to a reflector ───────────►│
//!                                 │◄──────── to an echo ─────────►│
//! ```

use std::time::{Duration, Instant};

use crate::answers::{Answers, Exceeded};
use crate::book::Counts;
use crate::load::Load;
use crate::schedule::Schedule;
use crate::times::Times;
use crate::transport::Transport;

/// Sleeping ends this long before a probe is due, and spinning begins: what timers of a normal
/// thread (50 us of slack) and a wake-up take together.
pub const SPIN: Duration = Duration::from_micros(100);
/// How long second answers are waited for when every first one is there.
const LINGER: Duration = Duration::from_millis(10);
/// How often `stop` is asked while the sender waits.
const LOOK: Duration = Duration::from_millis(50);

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The probes.
    pub counts: Counts,
    /// Echoes with other content than was sent; the probes they should have answered are lost.
    pub corrupt: u64,
    /// From the time that [`crate::load::Peer`] names to the answer.
    pub latency: Times,
    /// From the time a probe was due to its sending: the sender's own noise.
    pub send_late: Times,
    /// What ended it early.
    pub exceeded: Option<Exceeded>,
    /// Probes that were never sent: the sender was further behind than its load's grace.
    pub not_sent: u64,
    /// Whether `stop` ended it.
    pub stopped: bool,
    /// The last error of a socket.
    pub trouble: Option<String>,
}

/// Sends `load` and waits for the answers. `stop` is asked now and then and ends it early.
pub fn run(transport: &mut dyn Transport, load: &Load, stop: &dyn Fn() -> bool) -> Outcome {
    let mut sender = Sender::new(transport, load);
    sender.send_all(stop);
    sender.await_missing(stop);
    sender.outcome()
}

struct Sender<'a> {
    transport: &'a mut dyn Transport,
    load: &'a Load,
    schedule: Schedule,
    /// The probes of the plan, warm-up included.
    total: u64,
    start: Instant,
    answers: Answers,
    send_late: Times,
    not_sent: u64,
    stopped: bool,
}

impl<'a> Sender<'a> {
    fn new(transport: &'a mut dyn Transport, load: &'a Load) -> Sender<'a> {
        let schedule = Schedule::new(load.rate);
        let warm_up = schedule.count(load.warm_up);
        let answers = Answers::new(load, schedule, transport.flows());
        Sender {
            transport,
            load,
            schedule,
            total: warm_up.saturating_add(schedule.count(load.duration)),
            start: Instant::now(),
            answers,
            send_late: Times::new(),
            not_sent: 0,
            stopped: false,
        }
    }

    fn send_all(&mut self, stop: &dyn Fn() -> bool) {
        let grace_ns = u64::try_from(self.load.grace.as_nanos()).unwrap_or(u64::MAX);
        let end_ns = self.schedule.due_ns(self.total).saturating_add(grace_ns);
        let mut looked = Instant::now();
        self.start = looked;
        while self.answers.next() < self.total && self.answers.exceeded().is_none() {
            let now = Instant::now();
            let now_ns = nanos(self.start, now);
            let due_ns = self.schedule.due_ns(self.answers.next());
            if now - looked > LOOK {
                looked = now;
                if stop() {
                    self.stopped = true;
                    return;
                }
                if now_ns > end_ns {
                    self.not_sent = self.total - self.answers.next();
                    return;
                }
            }
            let sent = now_ns >= due_ns;
            if sent {
                self.send(due_ns, now_ns);
            }
            // Between two probes that are late, too: else a sender that is behind its schedule
            // would find its answers late as well.
            if !self.receive() && !sent {
                self.wait(Duration::from_nanos(due_ns - now_ns));
            }
        }
    }

    fn send(&mut self, due_ns: u64, now_ns: u64) {
        let flow = (self.answers.next() % self.transport.flows() as u64) as usize;
        let taken = self.transport.send(flow, self.answers.probe(now_ns));
        if self.answers.sent(taken) {
            self.send_late.record(now_ns - due_ns);
        }
    }

    /// Looks for answers; `false` when there were none.
    fn receive(&mut self) -> bool {
        let (answers, start) = (&mut self.answers, self.start);
        self.transport
            .receive(&mut |payload| answers.take(payload, nanos(start, Instant::now())))
    }

    /// Waits for the next probe's time or the next answer: asleep as long as that is safe, then
    /// at once, so that the caller comes back to the clock.
    fn wait(&mut self, left: Duration) {
        match left.checked_sub(self.load.spin) {
            Some(asleep) if !asleep.is_zero() => self.transport.wait(asleep.min(LOOK)),
            _ => std::hint::spin_loop(),
        }
    }

    fn await_missing(&mut self, stop: &dyn Fn() -> bool) {
        let begin = Instant::now();
        let mut complete = None;
        while !self.stopped {
            let now = Instant::now();
            let limit = if self.answers.misses() {
                begin + self.load.patience
            } else {
                *complete.get_or_insert(now) + LINGER.min(self.load.patience)
            };
            if now >= limit {
                return;
            }
            if !self.receive() {
                self.wait((limit - now).min(LOOK));
                self.stopped |= stop();
            }
        }
    }

    fn outcome(self) -> Outcome {
        let exceeded = self.answers.exceeded();
        let (counts, latency, corrupt) = self.answers.close();
        Outcome {
            counts,
            corrupt,
            latency,
            send_late: self.send_late,
            exceeded,
            not_sent: self.not_sent,
            stopped: self.stopped,
            trouble: self.transport.trouble().map(str::to_owned),
        }
    }
}

fn nanos(start: Instant, now: Instant) -> u64 {
    (now - start).as_nanos() as u64
}
