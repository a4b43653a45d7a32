// SPDX-License-Identifier: GPL-2.0
//! `kbpctl status`: what is loaded, what is enabled, what was counted.

mod last;
mod one_core;
mod report;
mod saved;
mod text;
mod unseen;

use std::path::Path;

use kbp_uapi as abi;

use self::one_core::Core;
use self::report::{Kernel, Module, Nic, Patch, Report};
use crate::canary;
use crate::cli;
use crate::cores::device;
use crate::error::{Exit, Result};
use crate::host::blockers;
use crate::host::boot;
use crate::host::livepatch::{self, State};
use crate::host::modules;
use crate::host::network;
use crate::host::newest;
use crate::host::others;
use crate::host::verified;
use crate::host::wait::Context;
use crate::nic::card;
use crate::output::{Answer, Form};
use crate::sys::System;

const NOTE: &str = "what KBP receives on these cores is not in the NET_RX line of /proc/softirqs";

/// Runs the command.
pub(crate) fn run(arguments: &cli::Status, context: &Context<'_>) -> Result<Answer> {
    let sys = context.sys;
    let state = livepatch::state(sys)?;
    let (info, unseen) = unseen::ask(sys)?;
    let supported = info.is_some_and(|info| info.abi_version == abi::KBP_ABI_VERSION);
    let flag = |flag: u32| info.is_some_and(|info| info.flags & flag != 0);
    let cores = match &info {
        Some(info) if supported => cores(sys, info)?,
        _ => Vec::new(),
    };
    let held_back_by = match state {
        State::Enabling => blockers::find(sys, true),
        State::Disabling => blockers::find(sys, false),
        _ => Vec::new(),
    };
    // A patch that another one replaced goes without telling kbp.ko.
    let hooks_live = state == State::Enabled && flag(abi::KBP_INFO_HOOKS_LIVE);
    let active_cores = info.map_or(0, |info| info.active_cores);
    let (saved, saved_fault) = saved::look(sys);
    // Programs ask kbpctl top.
    let people_read = context.form == Form::Text && supported && active_cores > 0;
    let last = info
        .filter(|_| people_read)
        .and_then(|info| last::look(sys, &info));
    let report = Report {
        schema: "kbp.status/2",
        active_cores: unseen.is_none().then_some(active_cores),
        module: Module {
            loaded: info.is_some() || modules::loaded(sys, modules::KBP),
            version: sys
                .read(&Path::new("/sys/module").join(modules::KBP).join("version"))
                .ok()
                .map(|text| text.trim().to_owned()),
            abi_version: info.map(|info| info.abi_version),
            abi_supported: supported,
            suspended: supported && flag(abi::KBP_INFO_SUSPENDED),
        },
        kernel: Kernel {
            release: sys.release(),
            verified: verified::is_recorded(sys),
        },
        livepatch: Patch {
            state: state.word(),
            hooks_live,
            held_back_by,
            replaced_by: others::in_our_place(sys, state, hooks_live),
        },
        saved,
        saved_fault,
        canary: canary::State::now(sys),
        cores,
        receive_interrupts: receivers(sys),
        threaded_devices: network::threaded(sys),
        newest_kernel: newest::find(sys),
        died_at_boot: boot::casualty(sys),
        note: (active_cores > 0).then_some(NOTE),
        unseen,
    };
    let exit = match (&report.unseen, active_cores) {
        (Some(_), _) => Exit::Permission,
        (None, 0) => Exit::NotActive,
        (None, _) => Exit::Ok,
    };
    let text = text::of(&report, last.as_ref(), arguments.napis);
    Ok(Answer::new(&report, text, exit))
}

/// The NICs that have receive interrupts.
fn receivers(sys: &dyn System) -> Vec<Nic> {
    let cards = card::all(sys).into_iter().map(Nic::new);
    cards.filter(|nic| !nic.interrupts.is_empty()).collect()
}

/// The cores that KBP has, or had since the module was loaded.
fn cores(sys: &dyn System, info: &abi::kbp_info) -> Result<Vec<Core>> {
    let devices = network::names(sys);
    device::used_cores(sys, info)?
        .iter()
        .map(|status| {
            Ok(Core::new(
                status,
                &device::napis(sys, status.core)?,
                &devices,
            ))
        })
        .collect()
}
