// SPDX-License-Identifier: GPL-2.0
//! The command lines of `kbpctl top` and `kbpctl metrics`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::time;
use crate::complete;

/// Arguments of `top`.
#[derive(Debug, Args)]
pub(crate) struct Top {
    /// Time between two looks, from 100ms to 1h; a number alone means seconds
    #[arg(long, value_name = "TIME", value_parser = interval, default_value = "1s")]
    pub(crate) interval: humantime::Duration,
    /// Show one interval as text, and end; with --json, one document
    #[arg(long)]
    pub(crate) once: bool,
    /// Cores like 2,3 or 2-5,8, or numa:0, irq-of:eth0, isolated, nohz [default: those that KBP has]
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: Option<String>,
}

/// Arguments of `metrics`.
#[derive(Debug, Args)]
pub(crate) struct Metrics {
    /// Write them to this file, NAME.prom in the folder of node_exporter's textfile collector
    #[arg(long, value_name = "PATH")]
    pub(crate) textfile: Option<PathBuf>,
}

/// Shorter than that kbpctl would be what it sees; longer than that nobody looks.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3600);

fn interval(text: &str) -> Result<humantime::Duration, String> {
    let time = time::parse(text)?;
    match (SHORTEST..=LONGEST).contains(&*time) {
        true => Ok(time),
        false => Err(format!("{time} is not from 100ms to 1h: write 1s")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_bounds() {
        for text in ["100ms", "1", "1h"] {
            assert!(interval(text).is_ok(), "{text}");
        }
        for (text, words) in [
            ("99ms", "99ms is not from 100ms to 1h: write 1s"),
            ("0", "0s is not from 100ms to 1h"),
            ("3601", "not from 100ms to 1h"),
            ("soon", "write seconds as 5"),
        ] {
            let error = interval(text).expect_err(text);
            assert!(error.contains(words), "{error}");
        }
    }
}
