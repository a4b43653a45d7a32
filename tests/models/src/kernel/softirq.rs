// SPDX-License-Identifier: GPL-2.0
//! Interrupts, softirqs, ksoftirqd and `net_rx_action()`.

use std::collections::VecDeque;
use std::mem::take;

use crate::state::{Context, State};
use crate::{Machine, Twin};

impl State {
    /// `raise_softirq_irqoff(NET_RX_SOFTIRQ)`, as the hook or the original does it.
    pub(crate) fn raise(&mut self, context: Context, twin: Option<Twin>) {
        if !(self.hooks && self.admit(twin)) {
            self.raise_past_hooks(context);
        }
    }

    /// The copy of it that the compiler has put into other functions.
    pub(crate) fn raise_past_hooks(&mut self, context: Context) {
        self.pending = true;
        let in_interrupt = context == Context::Interrupt || self.bh.is_some();
        self.ksoftirqd |= !in_interrupt;
    }

    /// `____napi_schedule()`; interrupts are off.
    pub(crate) fn schedule(&mut self, napi: usize, context: Context, twin: Option<Twin>) {
        self.link(napi);
        if !self.in_net_rx {
            self.raise(context, twin);
        }
    }

    /// An interrupt ends, or bottom halves are let run: whether a softirq runs now.
    fn begin_softirq(&mut self) -> bool {
        // In trouble they do not get through until the poller that is called is there.
        let stuck = self.trouble && self.ghost.on_sentry && !self.ghost.unwatched;
        let runs = self.pending && self.bh.is_none() && !stuck;
        if runs {
            self.bh = Some(Context::Softirq);
        }
        runs
    }
}

impl Machine {
    /// A hard interrupt or an IPI: one step, then perhaps softirqs.
    pub(crate) fn interrupt<R>(&self, handler: impl FnOnce(&mut State) -> R) -> R {
        let (result, runs) = self.atomic(|s| (handler(s), s.begin_softirq()));
        if runs {
            self.softirq();
        }
        result
    }

    /// The same, of a handler that does nothing while somebody has bottom halves off, and is asked
    /// again.
    pub(crate) fn interrupt_between(&self, handler: impl FnOnce(&mut State)) {
        let act = |s: &mut State| {
            handler(s);
            s.begin_softirq()
        };
        if self.when(|s| s.bh.is_none(), act) {
            self.softirq();
        }
    }

    /// `local_bh_enable()`.
    pub(crate) fn bh_enable(&self) {
        let runs = self.atomic(|s| {
            s.bh = None;
            s.begin_softirq()
        });
        if runs {
            self.softirq();
        }
    }

    /// `__do_softirq()`, with `bh` taken already.
    fn softirq(&self) {
        loop {
            self.atomic(|s| {
                s.pending = false;
                s.softirq_begins();
            });
            self.net_rx_action();
            let again = self.atomic(|s| {
                if !s.pending {
                    s.bh = None;
                }
                s.pending
            });
            if !again {
                return;
            }
        }
    }

    /// `net_rx_action()` without a budget that could end it.
    fn net_rx_action(&self) {
        let mut repoll = VecDeque::new();
        let mut list = self.atomic(|s| {
            s.in_net_rx = self.model.flag;
            take(&mut s.list)
        });
        loop {
            let Some(napi) = list.pop_front() else {
                let start_over = repoll.is_empty()
                    && self.atomic(|s| {
                        s.in_net_rx = false;
                        list = take(&mut s.list);
                        s.in_net_rx = self.model.flag && !list.is_empty();
                        !list.is_empty()
                    });
                if start_over {
                    continue;
                }
                break;
            };
            self.unseen(|s| s.napis[napi].linked = false);
            if self.napi_poll(napi, Context::Softirq) {
                self.unseen(|s| s.napis[napi].linked = true);
                repoll.push_back(napi);
            }
        }
        self.atomic(|s| {
            let newly = take(&mut s.list);
            s.list = list.into_iter().chain(newly).chain(repoll).collect();
            if s.list.is_empty() {
                s.in_net_rx = false;
            } else {
                s.raise(Context::Softirq, self.model.twin);
            }
        });
    }

    /// The core's interrupts, until it is switched off.
    pub(crate) fn take_interrupts(&self) {
        while let Some(napi) = self.when(
            |s| s.off || !s.lines.is_empty(),
            |s| s.lines.front().copied(),
        ) {
            self.take_interrupt(napi);
        }
    }

    /// In a small model an interrupt is taken in the very step after the device raised it, which
    /// may be any.
    pub(crate) fn interrupts_at_once(&self) {
        while let Some(napi) = self.unseen(|s| s.lines.front().copied().filter(|_| s.small)) {
            self.take_interrupt(napi);
        }
    }

    fn take_interrupt(&self, napi: usize) {
        self.interrupt(|s| {
            s.lines.pop_front();
            if s.schedule_prep(napi) {
                s.schedule(napi, Context::Interrupt, self.model.twin);
            }
        });
    }

    /// ksoftirqd of the core, until it is switched off.
    pub(crate) fn run_ksoftirqd(&self) {
        loop {
            let (off, runs) = self.when(
                |s| s.off || (s.ksoftirqd && s.bh.is_none()),
                |s| {
                    s.ksoftirqd = false;
                    (s.off, !s.off && s.begin_softirq())
                },
            );
            if runs {
                self.softirq();
            }
            if off {
                return;
            }
        }
    }

    /// Something that has nothing to do with NAPIs raises NET_RX in an IPI (`trigger_rx_softirq`).
    pub fn raise_for_nothing(&self) {
        self.interrupt(|s| s.raise(Context::Interrupt, self.model.twin));
    }
}
