// SPDX-License-Identifier: GPL-2.0
//! `kbpctl status`: what is loaded, what is enabled, what was counted.

use std::path::Path;

use kbp_uapi::layout as abi;
use kbp_uapi::layout::CoreStatus;
use serde::Serialize;

use crate::blockers::{self, Blocker};
use crate::device;
use crate::error::{Exit, Result};
use crate::livepatch::{self, State};
use crate::modules;
use crate::output::Answer;
use crate::sys::System;
use crate::wait::Context;

const NOTE: &str = "what KBP receives on these cores is not in the NET_RX line of /proc/softirqs";

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    active_cores: u32,
    module: Module,
    livepatch: Patch,
    cores: Vec<Core>,
    note: Option<&'static str>,
}

#[derive(Serialize)]
struct Module {
    loaded: bool,
    version: Option<String>,
    abi_version: Option<u32>,
    abi_supported: bool,
}

#[derive(Serialize)]
struct Patch {
    state: &'static str,
    hooks_live: bool,
    held_back_by: Vec<Blocker>,
}

#[derive(Serialize)]
struct Core {
    core: u32,
    state: &'static str,
    yield_reason: Option<&'static str>,
    thread_pid: Option<i32>,
    counters: Counters,
}

/// `kbp_counters` under its own names.
#[derive(Serialize)]
struct Counters {
    cycles: u64,
    empty_cycles: u64,
    polls: u64,
    packets: u64,
    busy_ns: u64,
    longest_guard_ns: u64,
    longest_gap_ns: u64,
    windows: u64,
    window_wakeups: u64,
    absorbed: u64,
    yields_patch: u64,
    quiescent_states: u64,
    squeezed: u64,
}

/// Runs the command.
pub(crate) fn run(context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let state = livepatch::state(sys)?;
    let info = device::info(sys)?;
    let supported = info.is_some_and(|info| info.abi_version == abi::ABI_VERSION);
    let cores = match &info {
        Some(info) if supported => cores(sys, info)?,
        _ => Vec::new(),
    };
    let held_back_by = match state {
        State::Enabling => blockers::find(sys, true),
        State::Disabling => blockers::find(sys, false),
        _ => Vec::new(),
    };
    let active_cores = info.map_or(0, |info| info.active_cores);
    let report = Report {
        schema: "kbp.status/1",
        active_cores,
        module: Module {
            loaded: info.is_some(),
            version: sys
                .read(&Path::new("/sys/module").join(modules::KBP).join("version"))
                .ok()
                .map(|text| text.trim().to_owned()),
            abi_version: info.map(|info| info.abi_version),
            abi_supported: supported,
        },
        livepatch: Patch {
            state: state.word(),
            // A patch that another one replaced goes without telling kbp.ko.
            hooks_live: state == State::Enabled
                && info.is_some_and(|info| info.flags & abi::INFO_HOOKS_LIVE != 0),
            held_back_by,
        },
        cores,
        note: (active_cores > 0).then_some(NOTE),
    };
    let exit = if active_cores > 0 {
        Exit::Ok
    } else {
        Exit::NotActive
    };
    Ok(Answer::new(&report, text(&report), exit))
}

/// The cores that are enabled or were since the module was loaded.
fn cores(sys: &dyn System, info: &abi::Info) -> Result<Vec<Core>> {
    let all = device::all_cores(sys, info)?;
    let used = |status: &&CoreStatus| status.state != abi::CORE_OFF || status.counters.cycles > 0;
    Ok(all.iter().filter(used).map(Core::new).collect())
}

impl Core {
    fn new(status: &CoreStatus) -> Core {
        let c = &status.counters;
        Core {
            core: status.core,
            state: match status.state {
                abi::CORE_OFF => "off",
                abi::CORE_STARTING => "starting",
                abi::CORE_POLLING => "polling",
                abi::CORE_SLEEPING => "sleeping",
                abi::CORE_DRAINING => "draining",
                abi::CORE_YIELDED => "yielded",
                _ => "unknown",
            },
            yield_reason: match (status.state, status.yield_reason) {
                (abi::CORE_YIELDED, abi::YIELD_PATCH) => Some("livepatch transition"),
                (abi::CORE_YIELDED, _) => Some("unknown"),
                _ => None,
            },
            thread_pid: (status.thread_pid != 0).then_some(status.thread_pid),
            counters: Counters {
                cycles: c.cycles,
                empty_cycles: c.empty_cycles,
                polls: c.polls,
                packets: c.packets,
                busy_ns: c.busy_ns,
                longest_guard_ns: c.longest_guard_ns,
                longest_gap_ns: c.longest_gap_ns,
                windows: c.windows,
                window_wakeups: c.window_wakeups,
                absorbed: c.absorbed,
                yields_patch: c.yields_patch,
                quiescent_states: c.quiescent_states,
                squeezed: c.squeezed,
            },
        }
    }
}

fn text(report: &Report) -> String {
    let mut lines = vec![match (&report.module.abi_version, report.module.abi_supported) {
        (None, _) => "module     not loaded".to_owned(),
        (Some(abi), true) => format!("module     loaded, ABI {abi}"),
        (Some(module), false) => format!(
            "module     loaded, ABI {module}; this kbpctl speaks ABI {}: install one release of both",
            abi::ABI_VERSION
        ),
    }];
    let hooks = if report.livepatch.hooks_live {
        "live"
    } else {
        "not live"
    };
    lines.push(format!(
        "livepatch  {}, hooks {hooks}",
        report.livepatch.state
    ));
    for blocker in &report.livepatch.held_back_by {
        lines.push(format!("           waits for {blocker}"));
    }
    lines.push(format!("cores      {} enabled", report.active_cores));
    if !report.cores.is_empty() {
        lines.push(format!(
            "{:>4} {:<9} {:>7} {:>12} {:>12} {:>12} {:>8} {:>9} {:>10}",
            "core",
            "state",
            "pid",
            "packets",
            "polls",
            "cycles",
            "windows",
            "absorbed",
            "gap max us"
        ));
    }
    for core in &report.cores {
        let c = &core.counters;
        lines.push(format!(
            "{:>4} {:<9} {:>7} {:>12} {:>12} {:>12} {:>8} {:>9} {:>10}",
            core.core,
            core.state,
            core.thread_pid
                .map_or("-".to_owned(), |pid| pid.to_string()),
            c.packets,
            c.polls,
            c.cycles,
            c.windows,
            c.absorbed,
            c.longest_gap_ns / 1000,
        ));
        if let Some(reason) = core.yield_reason {
            lines.push(format!("     given back to softirq: {reason}"));
        }
    }
    lines.extend(report.note.map(|note| format!("note: {note}")));
    lines.join("\n")
}
