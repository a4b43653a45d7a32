// SPDX-License-Identifier: GPL-2.0
//! Who raises NET_RX, and what KBP does about each.
//!
//! A raise through `__raise_softirq_irqoff()` is stopped by the hook of that function, whoever it
//! is. Some compilers copy that function into `raise_softirq_irqoff()`; raises through the copy
//! pass by the hook, and then it matters who they are.

/// The functions that raise what they are told to.
pub const RAISERS: [&str; 3] = [
    "__raise_softirq_irqoff",
    "raise_softirq_irqoff",
    "raise_softirq",
];

/// What keeps a raise that passes by the hook from doing harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// A hook replaces the whole function.
    Hooked,
    /// It schedules the backlog, whose thread is the poller while it serves the core
    /// (`kbp-module/shim/backlog.c`), so it wakes that instead.
    Backlog,
    /// It is rare; one softirq runs and shares the poll list with the poller.
    Once,
    /// Nothing: it must not pass by.
    RaiseHook,
}

/// A function that raises NET_RX.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// The function.
    pub name: &'static str,
    /// What is done about it.
    pub handling: Handling,
    /// When it does so.
    pub when: &'static str,
}

/// All functions that are known to raise NET_RX.
pub const SITES: [Site; 9] = [
    site(
        "__napi_schedule",
        Handling::Hooked,
        "drivers, process context",
    ),
    site(
        "__napi_schedule_irqoff",
        Handling::Hooked,
        "drivers' interrupt handlers",
    ),
    site(
        "enqueue_to_backlog",
        Handling::Backlog,
        "loopback, veth, netif_rx, RPS",
    ),
    site("rps_trigger_softirq", Handling::Backlog, "the IPI of RPS"),
    site(
        "napi_watchdog",
        Handling::Hooked,
        "timer of GRO and of interrupt deferral",
    ),
    site("dev_cpu_dead", Handling::Once, "another core went offline"),
    site(
        "kick_defer_list_purge",
        Handling::Once,
        "only with threaded backlogs",
    ),
    site(
        "trigger_rx_softirq",
        Handling::RaiseHook,
        "packets come back to be freed",
    ),
    site(
        "net_rx_action",
        Handling::RaiseHook,
        "the softirq itself, its budget spent",
    ),
];

const fn site(name: &'static str, handling: Handling, when: &'static str) -> Site {
    Site {
        name,
        handling,
        when,
    }
}

/// Functions that raise a number they are given, and why it is never NET_RX unless one of the
/// [`SITES`] gives it.
pub const PASS_ON: [(&str, &str); 6] = [
    ("__raise_softirq_irqoff", "its callers are looked at"),
    ("raise_softirq_irqoff", "its callers are looked at"),
    ("raise_softirq", "its callers are looked at"),
    (
        "__tasklet_schedule_common",
        "TASKLET or HI: both callers are in softirq.c",
    ),
    (
        "tasklet_action_common",
        "TASKLET or HI: both callers are in softirq.c",
    ),
    (
        "run_ktimerd",
        "TIMER and HRTIMER, which it put aside before",
    ),
];
