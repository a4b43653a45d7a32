// SPDX-License-Identifier: GPL-2.0
//! `poll.c`.

use std::mem::take;

use kbp_engine::{PolledNapi, Taken};

use crate::state::{bit, Context, State};
use crate::{Machine, Twin};

impl State {
    /// `kbp_absorb_net_rx()`.
    fn absorb(&mut self, twin: Option<Twin>) -> u32 {
        if twin == Some(Twin::AbsorbsNothing) {
            return 0;
        }
        u32::from(take(&mut self.pending))
    }

    /// `kbp_may_hold()`.
    fn may_hold(&self, napi: usize, twin: Option<Twin>) -> bool {
        let disable = if twin == Some(Twin::HoldsDisabled) {
            0
        } else {
            bit::DISABLE
        };
        let leaves = if twin == Some(Twin::HoldsTheLeaving) {
            0
        } else {
            bit::LEAVES
        };
        !self.napis[napi].backlog && !self.has(napi, disable | leaves | bit::NPSVC)
    }
}

impl Machine {
    /// `kbp_poller_hold()`.
    pub(crate) fn hold(&self) {
        if !self.errs(Twin::PollsUnguarded) {
            self.bh_disable(Context::Poller);
        }
    }

    /// `kbp_poller_release()`.
    pub(crate) fn release(&self) {
        if !self.errs(Twin::PollsUnguarded) {
            self.bh_enable();
        }
    }

    /// `kbp_poller_take_list()`.
    pub(crate) fn take_list(&self) -> Taken {
        self.with_queue(|s| {
            let called_ns = take(&mut s.gate.called_ns);
            s.gate.beat += 1;
            s.ghost.cycle_owned = s.gate.owned;
            let takes = s.gate.owned || self.errs(Twin::TakesThoughClosed);
            let mut absorbed = 0;
            if takes {
                absorbed = s.absorb(self.model.twin);
                s.in_net_rx = self.model.flag;
                s.backlog_keep(self.model.twin);
                s.thread.list = take(&mut s.list);
                s.ghost.settled = true;
            }
            Taken {
                lost: !takes,
                absorbed,
                called_ns: (called_ns != 0).then_some(called_ns),
                preempted: false,
            }
        })
    }

    /// `kbp_poller_poll_next()`.
    pub(crate) fn poll_next(&self, hold: bool) -> Option<PolledNapi> {
        let twin = self.model.twin;
        let mark = if self.errs(Twin::MarksBetweenCycles) {
            bit::IN_BUSY_POLL
        } else {
            bit::HELD
        };
        let napi = self.unseen(|s| {
            let napi = s.thread.list.pop_front()?;
            s.napis[napi].linked = false;
            Some(napi)
        })?;
        let (was_held, is_held) =
            self.atomic(|s| (s.has(napi, mark), hold && s.may_hold(napi, twin)));
        if was_held || is_held {
            self.atomic(|s| {
                let bits = &mut s.napis[napi].bits;
                *bits &= !(mark | bit::LEAVES);
                if was_held && twin != Some(Twin::KeepsMissed) {
                    // `kbp_take_call()`.
                    *bits &= !bit::MISSED;
                }
                if is_held {
                    *bits |= bit::IN_BUSY_POLL;
                }
            });
        }
        let before = self.unseen(|s| s.napis[napi].received);
        let mut repoll = self.napi_poll(napi, Context::Poller);
        let packets = self.unseen(|s| s.napis[napi].received) - before;
        let leaves = self.unseen(|s| s.napis[napi].moved);
        if is_held {
            self.atomic(|s| {
                let entry = &mut s.napis[napi];
                entry.bits = (entry.bits & !bit::IN_BUSY_POLL) | mark;
                // `kbp_note_leaving()`.
                if leaves {
                    entry.bits |= bit::LEAVES;
                }
                repoll = !entry.linked;
            });
        }
        if repoll || self.errs(Twin::KeepsCompleted) {
            self.unseen(|s| {
                let entry = &mut s.napis[napi];
                entry.linked = true;
                // What comes while it is held waits in its ring and calls nobody.
                entry.waits_since_ns = None;
                s.thread.repoll.push_back(napi);
            });
        }
        Some(PolledNapi {
            packets,
            napi_id: napi as u32 + 1,
            exhausted: packets >= self.model.weight,
            was_held,
            is_held,
            ..PolledNapi::default()
        })
    }

    /// `kbp_poller_give_back()`.
    pub(crate) fn give_back(&self) -> u32 {
        let twin = self.model.twin;
        self.with_queue(|s| {
            let newly = take(&mut s.list);
            let repoll = take(&mut s.thread.repoll);
            s.list = take(&mut s.thread.list);
            s.list.extend(newly);
            if twin != Some(Twin::ForgetsRepoll) {
                s.list.extend(repoll);
            }
            if s.gate.owned || twin == Some(Twin::AbsorbsThoughClosed) {
                let absorbed = s.absorb(twin);
                s.backlog_keep(twin);
                return absorbed;
            }
            if !s.list.is_empty() || s.backlog_called() {
                s.shut_here(Context::Poller, twin);
            }
            0
        })
    }
}
