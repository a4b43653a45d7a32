// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl config`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The verbs of `config`.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print what reapply would serve after a boot, with the defaults of what is not saved
    Show(ConfigShow),
    /// Read the saved state as reapply does, and name all that is wrong; exit code 5 when something
    /// is
    Check(ConfigCheck),
}

/// Arguments of `config show`.
#[derive(Debug, Args)]
pub(crate) struct ConfigShow {
    /// Name the file and the line that each value comes from (JSON always does)
    #[arg(long)]
    pub(crate) origin: bool,
}

/// Arguments of `config check`.
#[derive(Debug, Args)]
pub(crate) struct ConfigCheck {
    /// Files to read instead, one after the other
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
