// SPDX-License-Identifier: GPL-2.0
//! KBP in the guest: `kbpctl`, and whether a core is polled as was asked for.

use std::io::ErrorKind;
use std::time::Duration;

use kbp_uapi::{
    client, kbp_core_config, kbp_core_status, KBP_AWAY_THREAD, KBP_CORE_OFF, KBP_CORE_POLLING,
    KBP_CORE_SLEEPING, KBP_CORE_YIELDED, KBP_IDLE_ADAPTIVE, KBP_IDLE_SPIN, KBP_IRQ_ARMED,
    KBP_IRQ_MASKED,
};

use super::program;
use super::wait::until;
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
    /// What a core gets for which nothing is asked: adaptive, and softirq serves while it sleeps.
    pub(crate) reserve: bool,
}

/// Enables a core and waits until it is polled that way; `more` goes to `kbpctl enable`, too.
pub(crate) fn enable(cpu: usize, way: Way, more: &[&str]) -> Result<()> {
    let core = cpu.to_string();
    let irq = if way.masked { "masked" } else { "armed" };
    // All of it is named: a core keeps what an earlier mode has set.
    let (idle, away) = match way {
        Way { reserve: true, .. } => ("adaptive:200", "auto"),
        Way { adaptive: true, .. } => ("adaptive:300", "thread"),
        _ => ("spin", "thread"),
    };
    let words = [
        "enable", "--cores", &core, "--irq", irq, "--idle", idle, "--away", away,
    ];
    kbpctl(&[&words[..], more].concat())?;
    until(LIMIT, || confirm(cpu, way).is_ok());
    confirm(cpu, way)
}

/// An error unless the core is polled that way right now.
pub(crate) fn confirm(cpu: usize, way: Way) -> Result<()> {
    in_effect(way, &status(cpu)?)
        .map_err(|why| Error::Other(format!("KBP does not poll CPU {cpu} as asked: {why}")))
}

/// What KBP says of a core.
pub(crate) fn status(cpu: usize) -> Result<kbp_core_status> {
    if_loaded(cpu)?.ok_or_else(|| Error::Other("KBP is not loaded".into()))
}

/// The same, where KBP is loaded.
pub(crate) fn if_loaded(cpu: usize) -> Result<Option<kbp_core_status>> {
    match client::core_status(u32::try_from(cpu).unwrap_or(u32::MAX)) {
        Ok(status) => Ok(Some(status)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::doing("cannot read the status of KBP's core")(error)),
    }
}

fn in_effect(way: Way, status: &kbp_core_status) -> std::result::Result<(), String> {
    match status.state {
        // While we look, its poller may be in a window: it sleeps.
        KBP_CORE_POLLING | KBP_CORE_SLEEPING => {}
        KBP_CORE_OFF => return Err("the core is off".into()),
        KBP_CORE_YIELDED => return Err("the core is yielded".into()),
        other => return Err(format!("the core is in state {other}")),
    }
    let mut asked = kbp_core_config {
        irq_mode: [KBP_IRQ_ARMED, KBP_IRQ_MASKED][usize::from(way.masked)],
        ..kbp_core_config::default()
    };
    if !way.reserve {
        asked.idle_policy = [KBP_IDLE_SPIN, KBP_IDLE_ADAPTIVE][usize::from(way.adaptive)];
        asked.away = KBP_AWAY_THREAD;
    }
    let named = |config: &kbp_core_config| (config.irq_mode, config.idle_policy, config.away);
    match named(&status.config) {
        found if found == named(&asked) => Ok(()),
        (irq, idle, away) => Err(format!(
            "its interrupt mode is {irq}, its idle policy {idle}, away {away}"
        )),
    }
}

/// Runs `kbpctl` with these words.
pub(crate) fn kbpctl(words: &[&str]) -> Result<()> {
    program::run("kbpctl", &[&["--json"], words].concat(), "").map(drop)
}

#[cfg(test)]
mod tests {
    use kbp_uapi::KBP_AWAY_AUTO;

    use super::*;

    #[test]
    fn a_core_that_is_polled_in_another_way_is_not_polled_as_asked() {
        let mut status = kbp_core_status {
            state: KBP_CORE_SLEEPING,
            ..kbp_core_status::default()
        };
        let way = |masked, adaptive, reserve| Way {
            masked,
            adaptive,
            reserve,
        };
        let ways = [
            way(false, false, false),
            way(false, true, false),
            way(true, false, false),
            way(false, true, true),
        ];
        for (irq, idle, away, asked) in [
            (KBP_IRQ_ARMED, KBP_IDLE_SPIN, KBP_AWAY_THREAD, 0),
            (KBP_IRQ_ARMED, KBP_IDLE_ADAPTIVE, KBP_AWAY_THREAD, 1),
            (KBP_IRQ_MASKED, KBP_IDLE_SPIN, KBP_AWAY_THREAD, 2),
            (KBP_IRQ_ARMED, KBP_IDLE_ADAPTIVE, KBP_AWAY_AUTO, 3),
        ] {
            let config = &mut status.config;
            (config.irq_mode, config.idle_policy, config.away) = (irq, idle, away);
            let fits = ways.map(|way| in_effect(way, &status).is_ok());
            assert_eq!(fits, [0, 1, 2, 3].map(|way| way == asked));
        }
        let masked = Way {
            masked: true,
            ..Way::default()
        };
        status.state = KBP_CORE_YIELDED;
        let why = in_effect(masked, &status).unwrap_err();
        assert_eq!(why, "the core is yielded");
        status.state = KBP_CORE_OFF;
        assert!(in_effect(masked, &status).is_err());
    }
}
