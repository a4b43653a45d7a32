// SPDX-License-Identifier: GPL-2.0
//! What the host does for a story while the guest waits for it.

use std::time::Duration;

use kbp_vm::udp::Load;
use kbp_vm::{Error, Result, Vm};

/// The mark by which a script (`host_echo`) asks for a load.
const ECHO: &str = "host-echo";

/// Serves the script until the guest ends or `limit` is over. A guest that cannot be told has ended,
/// too, and its verdict says more than the failed write.
pub(crate) fn serve(vm: &mut Vm, load: &Load, limit: Duration) -> Result<()> {
    // An error means that the guest asks for nothing any more; its verdict tells why.
    while vm.wait_mark(ECHO, limit).is_ok() {
        let answer = echo(vm, load)?;
        if vm.tell(&answer).is_err() {
            break;
        }
    }
    Ok(())
}

/// Sends the load to the UDP echo of the guest's eth0 and counts what comes back.
fn echo(vm: &Vm, load: &Load) -> Result<String> {
    let cable = vm
        .cable(0)
        .ok_or_else(|| Error::Other("host_echo needs a story with a NIC".into()))?;
    Ok(match load.run(&cable) {
        Ok(outcome) => format!(
            "sent {} received {} duplicates {} corrupt {}",
            outcome.counts.sent,
            outcome.counts.received,
            outcome.counts.duplicates,
            outcome.corrupt
        ),
        Err(error) => format!("nothing, the cable failed: {error}"),
    })
}
