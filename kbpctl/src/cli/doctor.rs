// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl doctor`.

use clap::Args;

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
}
