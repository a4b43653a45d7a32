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

/// Used only on kernels that throttle real-time tasks, which those with a fair server do not (see
/// `kbp-module/shim/compat/rt_throttle.h`).
pub const WITHOUT_FAIR_SERVER: [&str; 2] = ["sysctl_sched_rt_runtime", "sysctl_sched_rt_period"];
