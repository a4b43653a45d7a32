// SPDX-License-Identifier: GPL-2.0
//! Functions that the hooks stand in for, and symbols that the modules reach by livepatch
//! relocations.

/// What `kbp-livepatch/patch.c` patches.
pub const HOOKED: [&str; 4] = [
    "__raise_softirq_irqoff",
    "__napi_schedule",
    "__napi_schedule_irqoff",
    "napi_watchdog",
];

/// The lists that drive the build: what is relocated, by module.
pub const RELOCATED: [(&str, &str); 2] = [
    (
        "kbp-module/klp.syms",
        include_str!("../../../../kbp-module/klp.syms"),
    ),
    (
        "kbp-livepatch/klp.syms",
        include_str!("../../../../kbp-livepatch/klp.syms"),
    ),
];

/// Symbols that are used only on kernels without a field of a struct.
#[derive(Debug, Clone, Copy)]
pub struct Without {
    /// The struct.
    pub owner: &'static str,
    /// The field.
    pub field: &'static str,
    /// The symbols.
    pub symbols: &'static [&'static str],
}

/// All of those.
pub const WITHOUT: [Without; 2] = [
    // Kernels with a fair server do not throttle real-time tasks (`compat/rt_throttle.h` of the
    // shim).
    Without {
        owner: "sched_dl_entity",
        field: "dl_defer",
        symbols: &["sysctl_sched_rt_runtime", "sysctl_sched_rt_period"],
    },
    // `compat/budget.h`.
    Without {
        owner: "net_hotdata",
        field: "netdev_budget",
        symbols: &["netdev_budget", "netdev_budget_usecs"],
    },
];
