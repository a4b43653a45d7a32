// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl doctor`.

use std::time::Duration;

use clap::Args;

use super::time;
use crate::complete;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Cores like 2,3 or 2-5,8, or numa:0, irq-of:eth0, isolated, nohz [default: the enabled ones,
    /// else the saved ones, else those to which NICs' interrupts go]
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: Option<String>,
    /// Ask only these questions
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Print why a question matters and where its answer is read, and ask nothing
    #[arg(long, value_name = "ID", conflicts_with_all = ["cores", "only", "fix_plan"])]
    pub(crate) explain: Option<String>,
    /// Print the commands that cure what was found, for a shell of root; none is run
    #[arg(long)]
    pub(crate) fix_plan: bool,
    /// Ask nothing, and look for so long how others disturb the cores: a thread on each of them keeps
    /// it busy [without TIME: 10s]
    #[arg(long, value_name = "TIME", value_parser = noise, num_args = 0..=1,
          default_missing_value = "10s", conflicts_with_all = ["only", "explain", "fix_plan"])]
    pub(crate) noise: Option<humantime::Duration>,
    /// Disturb cores that KBP serves
    #[arg(long, requires = "noise")]
    pub(crate) force: bool,
}

/// A shorter look sees nothing; a longer one nobody wants to wait for.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3600);

fn noise(text: &str) -> Result<humantime::Duration, String> {
    time::within(text, SHORTEST..=LONGEST, |time| {
        format!("{time} is not from 100ms to 1h: write 10s")
    })
}
