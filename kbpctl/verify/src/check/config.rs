// SPDX-License-Identifier: GPL-2.0
//! Is the kernel built with what livepatches need, and not for PREEMPT_RT?

use crate::config::Config;
use crate::report::Check;

/// Options of which one must be on.
const NEEDED: [&[&str]; 9] = [
    &["X86_64"],
    &["SMP"],
    &["MODULES"],
    &["LIVEPATCH"],
    &["KALLSYMS"],
    &["DYNAMIC_FTRACE"],
    &["DYNAMIC_FTRACE_WITH_ARGS", "DYNAMIC_FTRACE_WITH_REGS"],
    &["HAVE_RELIABLE_STACKTRACE"],
    &["UNWINDER_ORC"],
];

pub(super) fn check(config: Option<&Config>) -> Check {
    let mut check = Check::new("config");
    let Some(config) = config.filter(|config| !config.is_empty()) else {
        check.unknown("no configuration of this kernel was found or given (--config)");
        return check;
    };
    for options in NEEDED {
        if !options.iter().any(|name| config.has(name)) {
            let names: Vec<String> = options
                .iter()
                .map(|name| format!("CONFIG_{name}"))
                .collect();
            check.not_safe(format!("{} is off", names.join(" or ")));
        }
    }
    if config.has("PREEMPT_RT") {
        check.not_safe(
            "CONFIG_PREEMPT_RT is on: there, bottom halves off do not keep other pollers out",
        );
    }
    check
}
