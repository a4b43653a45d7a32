// SPDX-License-Identifier: GPL-2.0
//! Putting a mode in effect through `kbpctl`, and making sure that it is.

use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::plan::Mode;
use crate::{Error, Result};

/// How long a mode may take until the status shows it.
const LIMIT: Duration = Duration::from_secs(10);
/// `kbpctl status` when no core is enabled.
const NOT_ACTIVE: i32 = 3;

#[derive(Deserialize)]
struct Status {
    active_cores: u32,
    livepatch: Livepatch,
    cores: Vec<Core>,
}

#[derive(Deserialize)]
struct Livepatch {
    hooks_live: bool,
}

#[derive(Deserialize)]
struct Core {
    core: usize,
    state: String,
}

/// Loads the modules and waits until the hooks are live.
pub fn load() -> Result<()> {
    kbpctl(&["load"]).map(drop)
}

/// Puts `mode` in effect on `cpu` and returns once the status shows it.
pub fn set(mode: Mode, cpu: usize) -> Result<()> {
    match mode {
        Mode::Softirq => kbpctl(&["disable"])?,
        Mode::Kbp => kbpctl(&["enable", "--cores", &cpu.to_string()])?,
    };
    let start = Instant::now();
    loop {
        match in_effect(&kbpctl(&["status"])?, mode, cpu) {
            Ok(()) => return Ok(()),
            Err(why) if start.elapsed() > LIMIT => {
                return Err(Error::Other(format!(
                    "mode {} is not in effect on CPU {cpu} after {LIMIT:?}: {why}",
                    mode.name()
                )))
            }
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Checks that `mode` is in effect right now; used when a measurement is over.
pub fn confirm(mode: Mode, cpu: usize) -> Result<()> {
    in_effect(&kbpctl(&["status"])?, mode, cpu).map_err(|why| {
        Error::Other(format!(
            "mode {} did not stay in effect on CPU {cpu}: {why}",
            mode.name()
        ))
    })
}

/// Judges what `kbpctl --json status` printed.
fn in_effect(json: &[u8], mode: Mode, cpu: usize) -> std::result::Result<(), String> {
    let status: Status = serde_json::from_slice(json)
        .map_err(|error| format!("the status is unreadable: {error}"))?;
    // The hooks stay in for both modes, so that only the poller differs.
    if !status.livepatch.hooks_live {
        return Err("the hooks are not live".into());
    }
    match mode {
        Mode::Softirq if status.active_cores == 0 => Ok(()),
        Mode::Softirq => Err(format!("{} cores are enabled", status.active_cores)),
        Mode::Kbp => {
            let state = status.cores.iter().find(|core| core.core == cpu);
            match state.map(|core| core.state.as_str()) {
                Some("polling" | "sleeping") => Ok(()),
                Some(other) => Err(format!("the core is {other}")),
                None => Err("the core is not in the status".into()),
            }
        }
    }
}

pub(crate) fn kbpctl(words: &[&str]) -> Result<Vec<u8>> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("kbpctl")
        .arg("--json")
        .args(words)
        .output()
        .map_err(Error::doing("cannot run kbpctl"))?;
    let idle = words == ["status"] && status.code() == Some(NOT_ACTIVE);
    if status.success() || idle {
        return Ok(stdout);
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

    fn status(active: u32, live: bool, state: &str) -> Vec<u8> {
        format!(
            r#"{{"schema":"kbp.status/1","active_cores":{active},"module":{{"loaded":true}},
            "livepatch":{{"state":"enabled","hooks_live":{live},"held_back_by":[]}},
            "cores":[{{"core":1,"state":"{state}","counters":{{}}}}],"note":null}}"#
        )
        .into_bytes()
    }

    #[test]
    fn only_the_right_state_counts() {
        assert!(in_effect(&status(1, true, "polling"), Mode::Kbp, 1).is_ok());
        assert!(in_effect(&status(1, true, "sleeping"), Mode::Kbp, 1).is_ok());
        assert!(in_effect(&status(0, true, "off"), Mode::Softirq, 1).is_ok());
        for (json, mode, cpu, why) in [
            (status(1, true, "yielded"), Mode::Kbp, 1, "yielded"),
            (
                status(1, true, "polling"),
                Mode::Kbp,
                2,
                "not in the status",
            ),
            (status(1, true, "polling"), Mode::Softirq, 1, "1 cores"),
            (status(0, false, "off"), Mode::Softirq, 1, "hooks"),
            (b"{}".to_vec(), Mode::Kbp, 1, "unreadable"),
        ] {
            let said = in_effect(&json, mode, cpu).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
