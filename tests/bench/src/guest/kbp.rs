// SPDX-License-Identifier: GPL-2.0
//! KBP in the guest: `kbpctl`, and whether a core is polled as was asked for.

use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use kbp_uapi::{
    client, kbp_core_status, KBP_CORE_OFF, KBP_CORE_POLLING, KBP_CORE_SLEEPING, KBP_CORE_YIELDED,
    KBP_IDLE_ADAPTIVE, KBP_IDLE_SPIN, KBP_IRQ_ARMED, KBP_IRQ_MASKED,
};

use crate::{Error, Result};

/// How long a core may take until it is polled.
const LIMIT: Duration = Duration::from_secs(10);

/// How KBP is to poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Way {
    /// Interrupts stay off.
    pub(crate) masked: bool,
    /// The poller sleeps when there has been nothing to do for a while; else it spins.
    pub(crate) adaptive: bool,
}

/// Enables a core and waits until it is polled that way; `more` goes to `kbpctl enable`, too.
pub(crate) fn enable(cpu: usize, way: Way, more: &[&str]) -> Result<()> {
    let core = cpu.to_string();
    let irq = if way.masked { "masked" } else { "armed" };
    let idle = if way.adaptive { "adaptive:300" } else { "spin" };
    let words = ["enable", "--cores", &core, "--irq", irq, "--idle", idle];
    kbpctl(&[&words[..], more].concat())?;
    let start = Instant::now();
    loop {
        match confirm(cpu, way) {
            Err(_) if start.elapsed() < LIMIT => thread::sleep(Duration::from_millis(10)),
            result => return result,
        }
    }
}

/// An error unless the core is polled that way right now.
pub(crate) fn confirm(cpu: usize, way: Way) -> Result<()> {
    in_effect(way, &status(cpu)?)
        .map_err(|why| Error::Other(format!("KBP does not poll CPU {cpu} as asked: {why}")))
}

/// What KBP says of a core.
pub(crate) fn status(cpu: usize) -> Result<kbp_core_status> {
    let core = u32::try_from(cpu).unwrap_or(u32::MAX);
    client::core_status(core).map_err(Error::doing("cannot read the status of KBP's core"))
}

fn in_effect(way: Way, status: &kbp_core_status) -> std::result::Result<(), String> {
    match status.state {
        // While we look, its poller may be in a window: it sleeps.
        KBP_CORE_POLLING | KBP_CORE_SLEEPING => {}
        KBP_CORE_OFF => return Err("the core is off".into()),
        KBP_CORE_YIELDED => return Err("the core is yielded".into()),
        other => return Err(format!("the core is in state {other}")),
    }
    let irq = if way.masked {
        KBP_IRQ_MASKED
    } else {
        KBP_IRQ_ARMED
    };
    let idle = if way.adaptive {
        KBP_IDLE_ADAPTIVE
    } else {
        KBP_IDLE_SPIN
    };
    let config = &status.config;
    match (config.irq_mode, config.idle_policy) == (irq, idle) {
        true => Ok(()),
        false => Err(format!(
            "its interrupt mode is {}, its idle policy {}",
            config.irq_mode, config.idle_policy
        )),
    }
}

/// Runs `kbpctl` with these words.
pub(crate) fn kbpctl(words: &[&str]) -> Result<()> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("kbpctl")
        .arg("--json")
        .args(words)
        .output()
        .map_err(Error::doing("cannot run kbpctl"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Other(format!(
        "kbpctl {} failed ({status}): {}{}",
        words.join(" "),
        String::from_utf8_lossy(&stdout).trim(),
        String::from_utf8_lossy(&stderr).trim()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_that_is_polled_in_another_way_is_not_polled_as_asked() {
        let mut status = kbp_core_status {
            state: KBP_CORE_SLEEPING,
            ..kbp_core_status::default()
        };
        let way = |masked, adaptive| Way { masked, adaptive };
        (status.config.irq_mode, status.config.idle_policy) = (KBP_IRQ_ARMED, KBP_IDLE_SPIN);
        assert!(in_effect(way(false, false), &status).is_ok());
        assert!(in_effect(way(true, false), &status).is_err());
        assert!(in_effect(way(false, true), &status).is_err());
        status.config.idle_policy = KBP_IDLE_ADAPTIVE;
        assert!(in_effect(way(false, true), &status).is_ok());
        status.config = kbp_uapi::kbp_core_config {
            irq_mode: KBP_IRQ_MASKED,
            idle_policy: KBP_IDLE_SPIN,
            ..status.config
        };
        assert!(in_effect(way(true, false), &status).is_ok());
        status.state = KBP_CORE_YIELDED;
        let why = in_effect(way(true, false), &status).unwrap_err();
        assert_eq!(why, "the core is yielded");
        status.state = KBP_CORE_OFF;
        assert!(in_effect(way(true, false), &status).is_err());
    }
}
