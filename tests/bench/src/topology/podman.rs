// SPDX-License-Identifier: GPL-2.0
//! A container of a real runtime: podman makes its bridge, its cable, its rules and its namespace.
//!
//! What runs in it only keeps it there, as the pause container of a pod does; the receiver joins
//! its network.

use super::ruleset;
use crate::guest::program;
use crate::Result;

/// Of the container and of its image, which is in the guest's file system.
const NAME: &str = "kbp-receiver";
const IMAGE: &str = "localhost/busybox";
/// Gives the process in it.
pub(super) fn start(port: u16) -> Result<String> {
    let publish = format!("{port}:{port}/udp");
    let words = ["run", "--detach", "--name", NAME, "--publish", &publish];
    run(&[&words[..], &[IMAGE, "/bin/sleep", "1000000"]].concat())?;
    run(&["inspect", "--format", "{{.State.Pid}}", NAME])
}

/// Removes it, and the chains that podman leaves: what is measured next would go through them.
pub(super) fn remove() -> Result<()> {
    run(&["rm", "--force", "--time", "0", NAME])?;
    ruleset::remove("inet", "netavark")
}

fn run(words: &[&str]) -> Result<String> {
    program::run(
        "podman",
        words,
        " (the place podman needs a guest with an image, `kbp-vm --root`)",
    )
}
