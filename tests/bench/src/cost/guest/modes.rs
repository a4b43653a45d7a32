// SPDX-License-Identifier: GPL-2.0
//! Putting a way to poll in effect.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use kbp_uapi::{
    client, kbp_core_status, KBP_CORE_POLLING, KBP_CORE_SLEEPING, KBP_IRQ_ARMED, KBP_IRQ_MASKED,
};

use crate::cost::plan::Mode;
use crate::guest::kbpctl::kbpctl;
use crate::{Error, Result};

const THREADED: &str = "/sys/class/net/ktn0/threaded";
/// How long a mode may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Puts `mode` in effect on `cpu`, whatever was before.
pub(super) fn enter(mode: Mode, cpu: usize) -> Result<()> {
    let path = Path::new(THREADED);
    let threaded = if mode == Mode::Threaded { "1" } else { "0" };
    fs::write(path, threaded).map_err(Error::at("write", path))?;
    if !mode.loaded() {
        return kbpctl(&["unload"]).map(drop);
    }
    kbpctl(&["load"])?;
    let Some(irq) = mode.irq() else {
        return kbpctl(&["disable"]).map(drop);
    };
    let core = cpu.to_string();
    kbpctl(&["enable", "--cores", &core, "--force", "--irq", irq])?;
    let start = Instant::now();
    loop {
        match confirm(mode, cpu) {
            Err(_) if start.elapsed() < LIMIT => thread::sleep(Duration::from_millis(20)),
            result => return result,
        }
    }
}

/// Checks that `mode` is in effect right now.
pub(super) fn confirm(mode: Mode, cpu: usize) -> Result<()> {
    let Some(_) = mode.irq() else {
        return Ok(());
    };
    let core = u32::try_from(cpu).unwrap_or(u32::MAX);
    let status =
        client::core_status(core).map_err(Error::doing("cannot read the status of KBP's core"))?;
    in_effect(mode, &status).map_err(|why| {
        Error::Other(format!(
            "mode {} is not in effect on CPU {cpu}: {why}",
            mode.name()
        ))
    })
}

fn in_effect(mode: Mode, status: &kbp_core_status) -> std::result::Result<(), String> {
    let wanted = match mode {
        Mode::KbpMasked => KBP_IRQ_MASKED,
        _ => KBP_IRQ_ARMED,
    };
    // While we run, the poller is in a housekeeping window: it sleeps.
    if ![KBP_CORE_POLLING, KBP_CORE_SLEEPING].contains(&status.state) {
        return Err(format!("the core is in state {}", status.state));
    }
    if status.config.irq_mode != wanted {
        return Err(format!("its interrupt mode is {}", status.config.irq_mode));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_interrupt_mode_must_be_right() {
        let mut status = kbp_core_status {
            state: KBP_CORE_SLEEPING,
            ..kbp_core_status::default()
        };
        status.config.irq_mode = KBP_IRQ_MASKED;
        assert!(in_effect(Mode::KbpMasked, &status).is_ok());
        assert!(in_effect(Mode::KbpArmed, &status).is_err());
        status.state = kbp_uapi::KBP_CORE_YIELDED;
        assert!(in_effect(Mode::KbpMasked, &status).is_err());
    }
}
