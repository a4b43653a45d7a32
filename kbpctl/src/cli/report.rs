// SPDX-License-Identifier: GPL-2.0
//! The command line of `kbpctl report`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Write it to this new file
    #[arg(short, long, value_name = "FILE", default_value = "kbp-report.tar.gz")]
    pub(crate) output: PathBuf,
    /// Say what would be inside, with sizes, and write nothing
    #[arg(long, conflicts_with = "output")]
    pub(crate) list: bool,
    /// Keep the names of the host, addresses, identities, and values of the kernel's command line
    #[arg(long)]
    pub(crate) no_redact: bool,
}
