// SPDX-License-Identifier: GPL-2.0
//! What keeps ftrace, on which livepatches rest, from giving KBP the functions that it hooks.

use std::path::Path;

use kbp_verify::known::symbols::HOOKED;

use crate::error::{Error, Exit, Result};
use crate::sys::System;

const SWITCH: &str = "/proc/sys/kernel/ftrace_enabled";
/// tracefs, where systemd mounts it, and where it is without that.
const USERS: [&str; 2] = [
    "/sys/kernel/tracing/enabled_functions",
    "/sys/kernel/debug/tracing/enabled_functions",
];
/// Livepatches share a function among them.
const LIVEPATCHES: &str = "klp_ftrace_handler";

/// Fails while ftrace is switched off: the kernel calls that EBUSY, which is what it also says
/// while another livepatch is on its way.
pub(crate) fn require(sys: &dyn System) -> Result<()> {
    match sys.read(Path::new(SWITCH)) {
        Ok(text) if text.trim() == "0" => Err(Error::new(
            Exit::Unsupported,
            "kbp_livepatch.ko cannot be loaded",
            "kernel.ftrace_enabled is 0, and without ftrace no livepatch has an effect",
            "run sysctl kernel.ftrace_enabled=1, then kbpctl load",
        )),
        _ => Ok(()),
    }
}

/// Why the kernel said EBUSY although no livepatch is on its way.
pub(crate) fn busy(sys: &dyn System) -> Error {
    if let Err(error) = require(sys) {
        return error;
    }
    let owners = owners(sys).unwrap_or_default();
    let (cause, cure) = match owners.is_empty() {
        false => (
            format!("{}, and ftrace gives a function to one only", owners.join("; ")),
            "unload that user of ftrace (/sys/kernel/debug/kprobes/list has the kprobes), then run \
             kbpctl load",
        ),
        true => (
            format!(
                "no livepatch is in transition, and another user of ftrace or of kprobes has one of {}",
                HOOKED.join(", ")
            ),
            "the kernel log (dmesg) says which; 'I' marks it in \
             /sys/kernel/tracing/enabled_functions, /sys/kernel/debug/kprobes/list has the kprobes",
        ),
    };
    let what = "the kernel refused kbp_livepatch.ko";
    Error::new(Exit::Unsupported, what, cause, cure)
}

/// Who has which of the hooked functions for himself; `None`: tracefs cannot be read.
pub(crate) fn owners(sys: &dyn System) -> Option<Vec<String>> {
    let list = USERS
        .iter()
        .find_map(|path| sys.read(Path::new(path)).ok())?;
    Some(list.lines().filter_map(owner).collect())
}

/// Of a line like `FUNCTION (1) R I  M  tramp: 0xffffffffc0000000 (HANDLER+0x0/0x20 [MODULE]) ...`.
fn owner(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let function = words.next().filter(|name| HOOKED.contains(name))?;
    let flags = words.skip(1).take_while(|word| word.len() == 1);
    // It changes where the function goes on, or is called in its place.
    let alone = flags.into_iter().any(|flag| matches!(flag, "I" | "D"));
    let handler = line.split_once("tramp:").and_then(|(_, rest)| {
        let (_, rest) = rest.split_once('(')?;
        Some(rest.split_once(')')?.0)
    });
    let handler = handler.map(without_offset);
    if !alone || handler.as_deref() == Some(LIVEPATCHES) {
        return None;
    }
    Some(match handler {
        Some(handler) => format!("{handler} has {function}"),
        None => format!("somebody has {function}"),
    })
}

/// `handler [module]` of `handler+0x0/0x20 [module]`.
fn without_offset(symbol: &str) -> String {
    let mut words = symbol.split_whitespace();
    let name = words.next().unwrap_or_default();
    let name = name.split('+').next().unwrap_or_default();
    std::iter::once(name)
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn who_has_a_function() {
        for (line, who) in [
            (
                "__raise_softirq_irqoff (1) R I     \ttramp: 0xffffffffc0205000 \
                 (after_raise+0x0/0x20 [probe]) ->ftrace_ops_assist_func+0x0/0xf0",
                Some("after_raise [probe] has __raise_softirq_irqoff"),
            ),
            (
                "napi_watchdog (2) R   D  M ",
                Some("somebody has napi_watchdog"),
            ),
            (
                "__napi_schedule (1) R I     M \ttramp: 0xffffffffc0205000 \
                 (klp_ftrace_handler+0x0/0x1c0) ->ftrace_ops_assist_func+0x0/0xf0",
                None,
            ),
            (
                "__napi_schedule (1)            \ttramp: 0x1 (function_trace_call+0x0/0x10)",
                None,
            ),
            ("__napi_poll (1) R I", None),
            ("", None),
        ] {
            assert_eq!(owner(line).as_deref(), who, "{line}");
        }
    }
}
