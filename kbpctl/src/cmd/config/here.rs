// SPDX-License-Identifier: GPL-2.0
//! What of the saved sets could not be served on this machine, asked of what would refuse it.

use std::io;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_set};

use super::finding::{Finding, Severity};
use crate::cores::list;
use crate::cores::refusal;
use crate::cores::rules;
use crate::cores::saved::Set;
use crate::cores::select;
use crate::error::Error;
use crate::steer::channels;
use crate::steer::plan::{self, Plan};
use crate::sys::{Request, System};

/// A set as it is here.
pub(super) struct Here<'a> {
    pub(super) set: &'a Set,
    /// `None`: they cannot be known.
    pub(super) cores: Option<kbp_core_set>,
    /// What keeps it from being served.
    pub(super) findings: Vec<Finding>,
}

/// The sets in their order, served one after the other.
pub(super) fn all<'a>(sys: &dyn System, sets: &'a [Set]) -> Vec<Here<'a>> {
    let mut active = kbp_core_set::default();
    let serve = |set| {
        let (cores, findings) = of(sys, set, &active);
        if let (Some(cores), true) = (&cores, findings.is_empty()) {
            active = list::set(active.iter().chain(cores.iter()));
        }
        Here {
            set,
            cores,
            findings,
        }
    };
    sets.iter().map(serve).collect()
}

/// What keeps `set` from being served here, where these cores are served already; and its cores, if
/// they can be known.
fn of(sys: &dyn System, set: &Set, active: &kbp_core_set) -> (Option<kbp_core_set>, Vec<Finding>) {
    let at_cores = |severity, error: Error| {
        let cause = format!("cores = \"{}\": {}", set.cores, error.cause);
        let error = Error { cause, ..error };
        Finding::new(severity, set.place_of("cores"), error)
    };
    let cores = match select::resolve(sys, &set.cores) {
        Ok(cores) => cores,
        Err(error) => {
            let severity = match select::interface_of(&set.cores) {
                Some(_) => Severity::Warning,
                None => Severity::Error,
            };
            return (None, vec![at_cores(severity, error)]);
        }
    };
    let mut findings: Vec<Finding> = refused(sys, set, &cores, active)
        .map(|(severity, error)| at_cores(severity, error))
        .into_iter()
        .collect();
    // Interrupts go to no core that is not there.
    if findings.is_empty() {
        findings.extend(of_nics(sys, set, &cores));
    }
    (Some(cores), findings)
}

/// Why kbp.ko would not take these cores.
fn refused(
    sys: &dyn System,
    set: &Set,
    cores: &kbp_core_set,
    active: &kbp_core_set,
) -> Option<(Severity, Error)> {
    let mut change = kbp_change {
        abi_version: abi::KBP_ABI_VERSION,
        flags: match set.force {
            true => abi::KBP_CHANGE_FORCE,
            false => 0,
        },
        cores: *cores,
        ..kbp_change::default()
    };
    let is_active = |core| active.contains(core);
    let (step, core, errno) = rules::broken(sys, Request::Enable, &change, is_active)?;
    (change.failed_step, change.failed_core) = (step, core);
    let errno = io::Error::from_raw_os_error(errno);
    let severity = match step {
        abi::KBP_STEP_ONLINE => Severity::Warning,
        _ => Severity::Error,
    };
    Some((
        severity,
        refusal::explain(sys, Request::Enable, &change, &errno),
    ))
}

/// Why interrupts could not be brought to these cores.
fn of_nics(sys: &dyn System, set: &Set, cores: &kbp_core_set) -> Vec<Finding> {
    let from = &set.nics.from;
    let alone = |name: &String| plan::are_complete(sys, std::slice::from_ref(name)).err();
    let missing: Vec<Finding> = from
        .iter()
        .filter_map(alone)
        .map(|error| Finding::new(Severity::Warning, set.place_of("from"), error))
        .collect();
    if !missing.is_empty() || from.is_empty() {
        return missing;
    }
    let plan = match Plan::new(sys, from, cores, set.force) {
        Ok(plan) => plan,
        Err(error) => return vec![Finding::new(Severity::Error, set.place_of("from"), error)],
    };
    let Some(count) = set.nics.queues.channels else {
        return Vec::new();
    };
    let nics = plan.nics.iter().map(|planned| &planned.nic.interface);
    nics.filter_map(|interface| {
        let error = channels::wanted(sys, interface, count).err()?;
        let cause = format!("channels = {count}: {interface}: {}", error.cause);
        let error = Error { cause, ..error };
        Some(Finding::new(
            Severity::Error,
            set.place_of("channels"),
            error,
        ))
    })
    .collect()
}
