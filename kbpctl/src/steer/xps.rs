// SPDX-License-Identifier: GPL-2.0
//! Which cores send by which queue: each by the one whose answers it receives.

use super::done::Done;
use super::originals::{Nic, Transmit};
use super::plan::Planned;
use crate::cores::list;
use crate::cores::mask;
use crate::error::{Error, Result};
use crate::nic::transmit::{file_of, queues};
use crate::sys::System;

/// A queue, and the core that is to send by it.
pub(crate) struct Step {
    pub(crate) before: Transmit,
    pub(crate) core: u32,
    /// Whether it does, and no other.
    pub(crate) is_there: bool,
}

/// The transmit queues of a NIC, each with the core of its receive queue; where there are more that
/// send, in turn.
pub(crate) fn steps(sys: &dyn System, planned: &Planned) -> Vec<Step> {
    let cores_of = planned.receives_at.iter().copied().cycle();
    let step = |(before, core): (Transmit, u32)| Step {
        is_there: mask::parse(&before.xps_cpus) == Some(list::set([core])),
        before,
        core,
    };
    now(sys, &planned.nic)
        .into_iter()
        .zip(cores_of)
        .map(step)
        .collect()
}

/// The cores that send by each queue of a NIC. None where it has no choice: one queue, or a kernel
/// without XPS.
pub(crate) fn now(sys: &dyn System, nic: &Nic) -> Vec<Transmit> {
    let queue = |queue: String| {
        let xps_cpus = sys.read(&file_of(&nic.interface, &queue)).ok()?;
        Some(Transmit {
            nic: nic.clone(),
            queue,
            xps_cpus: xps_cpus.trim().to_owned(),
        })
    };
    let queues = queues(sys, &nic.interface).into_iter();
    queues.filter_map(queue).collect()
}

/// Has the core of each receive queue send by the queue beside it.
pub(crate) fn carry_out(sys: &dyn System, steps: Vec<Step>, done: &mut Done) -> Result<()> {
    let stored = done.keep(sys, |kept| {
        for step in &steps {
            kept.keep_transmit(step.before.clone());
        }
    });
    stored.map_err(|error| done.undo(sys, error))?;
    for Step { before, core, .. } in steps.into_iter().filter(|step| !step.is_there) {
        let (interface, queue) = (&before.nic.interface, &before.queue);
        match sys.write(&file_of(interface, queue), &mask::print(&list::set([core]))) {
            Ok(()) => {
                done.changed.keep_transmit(before);
                done.count += 1;
            }
            Err(error) => {
                let what = format!("cannot have core {core} send by {queue} of {interface}");
                return Err(done.undo(sys, Error::system(what, &error)));
            }
        }
    }
    Ok(())
}
