// SPDX-License-Identifier: GPL-2.0
//! The deliberate mistakes.

/// One mistake that a model can make on purpose. Each must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// The poller falls asleep without another check of the list.
    SleepsWithoutLook,
    /// Checking the list and arming the gate are two steps.
    ArmsInTwoSteps,
    /// The kernel's flag stays set while the poller sleeps.
    SleepKeepsFlag,
    /// The sleeper checks for a nudge before it says that it sleeps.
    NudgeSeenTooEarly,
    /// A sentry that was called before it sleeps does not notice.
    SentryLooksNot,
    /// Nobody watches what the poller hands over to softirq.
    SentryLeavesUnwatched,
    /// Control nudges, but wakes nobody.
    NudgeWakesNobody,
    /// A try of the hooks leaves a sleeper disarmed.
    TryDisarms,
    /// A try of the hooks forgets what was pending.
    TryForgetsPending,
    /// The gate is closed without raising NET_RX.
    ShutWithoutRaise,
    /// Work is not given to softirq when the gate was closed during the cycle, but taken over.
    AbsorbsThoughClosed,
    /// A pending NET_RX softirq is not taken over when the core is taken.
    AbsorbsNothing,
    /// The list is taken although the gate is closed.
    TakesThoughClosed,
    /// What wants another poll is not given back.
    ForgetsRepoll,
    /// A NAPI that has completed is polled again.
    KeepsCompleted,
    /// Polling with bottom halves on.
    PollsUnguarded,
    /// A held NAPI is marked as busy-polled between two cycles, too.
    MarksBetweenCycles,
    /// A NAPI is held although it is to be disabled.
    HoldsDisabled,
    /// A NAPI is held although its driver wants to leave the core.
    HoldsTheLeaving,
    /// What an interrupt left in the state of a held NAPI is still there when it is let go.
    KeepsMissed,
    /// Control closes the gate before it says that the poller shall end.
    StopAfterShut,
    /// A core is rescued although its poller has begun a cycle since the suspicion.
    RescueIgnoresBeat,
    /// A core is rescued although all that waits are NAPIs that the poller holds.
    RescueForHeld,
    /// The watch looks at the core's list only.
    WatchSeesListOnly,
    /// The watch says that it rests after it has looked for somebody to watch.
    WatchRestsUnsaid,
    /// A poller looks whether the watch rests before it takes its core.
    OwnsAfterTelling,
    /// The state of the backlog is written while another core may be writing it.
    BacklogWrittenWithoutLock,
    /// The claim of the backlog is not renewed.
    BacklogClaimedOnce,
    /// The backlog is put on the list before its schedule has come to an end.
    BacklogTakenAsSoonAsOwned,
    /// The claim of the backlog ends, and what it was scheduled for is nobody's.
    BacklogLeftBehind,
    /// The claim of the backlog ends by the bit alone, which another core may bring back.
    BacklogKeepsThread,
    /// A backlog whose schedule got lost stays where it is.
    StrayLeftBehind,
    /// A backlog is taken for one whose schedule got lost although the IPI of it is on its way.
    StrayCalledTwice,
    /// A backlog is taken for one whose schedule got lost although it has been scheduled anew.
    StrayUnmarked,
    /// Raises leave their time for the poller also while it is awake.
    CalledWhileAwake,
}
