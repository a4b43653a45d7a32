// SPDX-License-Identifier: GPL-2.0
//! The command line.

mod bench;
mod config;
mod doctor;
mod irq;
mod report;
mod time;
mod top;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::complete;
use crate::output::Form;

pub(crate) use bench::{Bench, Peer, Serve, Side};
pub(crate) use config::{Config, ConfigCheck, ConfigShow};
pub(crate) use doctor::Doctor;
pub(crate) use irq::{Irq, IrqPin, IrqRestore, IrqShow, Queues};
pub(crate) use report::Report;
pub(crate) use top::{Metrics, Top};

/// Moves receive processing of chosen cores out of softirq context, and back.
#[derive(Debug, Parser)]
#[command(name = "kbpctl", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print one JSON document instead of text, errors too
    #[arg(short, long, global = true, help_heading = "Output")]
    json: bool,
    /// Like --json, indented
    #[arg(short, long, global = true, help_heading = "Output")]
    pretty: bool,
    /// Show the progress of waits even when standard error is no terminal
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
}

impl Global {
    /// The form asked for.
    pub(crate) fn form(&self) -> Form {
        match (self.pretty, self.json) {
            (true, _) => Form::Pretty,
            (false, true) => Form::Json,
            (false, false) => Form::Text,
        }
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Put the modules in and wait until the hooks are live
    Load(Load),
    /// Disable every core and take the modules out
    Unload(Unload),
    /// Let KBP receive on these cores: all of them, or none
    Enable(Enable),
    /// Keep what enable --canary did, which is undone otherwise; exit code 3 when nothing waits
    Confirm(Confirm),
    /// Give cores back to softirq
    Disable(Disable),
    /// Change how cores are served, also while they are off
    Set(Set),
    /// Load KBP and serve the saved cores again: after a boot, a kernel update, or a livepatch that took
    /// the hooks away
    Reapply(Reapply),
    /// Show what is saved, and check it
    #[command(subcommand)]
    Config(Config),
    /// Show where the interrupts of NICs go, bring them to cores, and back
    #[command(subcommand)]
    Irq(Irq),
    /// Show modules, livepatch, cores and counters; exit code 3 when no core is enabled
    Status(Status),
    /// Ask the machine what keeps packets from being received at once, with cures; reads only; exit
    /// code 5 when something is bad
    Doctor(Doctor),
    /// Watch rates, delays and events of cores and NAPIs as they come
    Top(Top),
    /// Print counters and states for Prometheus, in the OpenMetrics form
    Metrics(Metrics),
    /// Check in a kernel's image whether KBP may be loaded on it; exit code 5 when not, 4 when that
    /// cannot be found out
    Verify(Verify),
    /// Measure round trips to another machine, on which kbpctl bench serve runs; exit code 5 when
    /// probes were lost or took longer than --stop-above
    Bench(Bench),
    /// Write an archive with what a report of a fault needs; reads only
    Report(Report),
    /// Print what lets a shell complete kbpctl's command line
    Completion(Completion),
    /// Print a page of the manual, for man -l -
    Manual(Manual),
    /// Print the JSON schema of a document, or the names of all
    Schema(Schema),
}

impl Command {
    /// Whether to say what would be done instead of doing it.
    pub(crate) fn dry_run(&self) -> bool {
        match self {
            Command::Load(load) => load.wait.dry_run,
            Command::Unload(unload) => unload.wait.dry_run,
            Command::Enable(enable) => enable.wait.dry_run,
            Command::Confirm(confirm) => confirm.wait.dry_run,
            Command::Disable(disable) => disable.wait.dry_run,
            Command::Set(set) => set.wait.dry_run,
            Command::Reapply(reapply) => reapply.load.wait.dry_run,
            Command::Irq(command) => command.dry_run(),
            Command::Config(_)
            | Command::Status(_)
            | Command::Doctor(_)
            | Command::Top(_)
            | Command::Metrics(_)
            | Command::Verify(_)
            | Command::Bench(_)
            | Command::Report(_)
            | Command::Completion(_)
            | Command::Manual(_)
            | Command::Schema(_) => false,
        }
    }
}

/// Options of every command that changes something.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Wait {
    /// Longest wait for a livepatch transition or for another kbpctl
    #[arg(
        long,
        value_name = "TIME",
        value_parser = time::parse,
        default_value = "30s",
        help_heading = "Waiting"
    )]
    pub(crate) timeout: humantime::Duration,
    /// Check everything, print what would be done, change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `load`.
#[derive(Debug, Args)]
pub(crate) struct Load {
    /// Folder with kbp.ko and kbp_livepatch.ko [default: /lib/kbp, then the running kernel's
    /// updates/kbp, updates/dkms and extra]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Load on a kernel that was not found fit by kbpctl verify
    #[arg(long)]
    pub(crate) unverified: bool,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Arguments of `reapply`.
#[derive(Debug, Args)]
pub(crate) struct Reapply {
    /// As kbp.service does: refuse when the last boot with KBP died, and wait for interfaces
    #[arg(long)]
    pub(crate) boot: bool,
    /// With --boot: longest wait for interfaces that saved sets name [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = time::parse, requires = "boot", help_heading = "Waiting")]
    pub(crate) wait: Option<humantime::Duration>,
    #[command(flatten)]
    pub(crate) load: Load,
}

/// Arguments of `unload`.
#[derive(Debug, Args)]
pub(crate) struct Unload {
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Arguments of `enable`.
#[derive(Debug, Args)]
pub(crate) struct Enable {
    /// Cores like 2,3 or 2-5,8, or numa:0, irq-of:eth0, isolated, nohz
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: String,
    /// Allow core 0, the last core without KBP, and with --from cores of another NUMA node
    #[arg(long)]
    pub(crate) force: bool,
    /// Bring the receive interrupts of these interfaces to the cores first, as kbpctl irq pin does; and
    /// back when a core cannot be enabled
    #[arg(long, value_name = "INTERFACE,...", value_delimiter = ',', add = complete::interfaces())]
    pub(crate) from: Vec<String>,
    #[command(flatten)]
    pub(crate) queues: Queues,
    /// Afterwards save what is served to /etc/kbp/kbp.toml, for kbpctl reapply
    #[arg(long)]
    pub(crate) save: bool,
    /// Undo all of it after TIME (1s to 24h), unless kbpctl confirm comes first: for a host that the change may
    /// cut off. With --save, kbpctl confirm saves
    #[arg(long, value_name = "TIME", value_parser = time::canary)]
    pub(crate) canary: Option<humantime::Duration>,
    #[command(flatten)]
    pub(crate) wait: Wait,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// Arguments of `confirm`.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Arguments of `disable`.
#[derive(Debug, Args)]
pub(crate) struct Disable {
    /// Cores like 2,3 or 2-5,8, or numa:0, irq-of:eth0, isolated, nohz [default: every enabled core]
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: Option<String>,
    /// Afterwards save what is served to /etc/kbp/kbp.toml, for kbpctl reapply
    #[arg(long)]
    pub(crate) save: bool,
    #[command(flatten)]
    pub(crate) wait: Wait,
}

/// Arguments of `set`.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Cores like 2,3 or 2-5,8, or numa:0, irq-of:eth0, isolated, nohz
    #[arg(long, value_name = "LIST", add = complete::cores())]
    pub(crate) cores: String,
    /// Afterwards save what is served to /etc/kbp/kbp.toml, for kbpctl reapply
    #[arg(long)]
    pub(crate) save: bool,
    #[command(flatten)]
    pub(crate) wait: Wait,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// How a core is served: options of `enable` and `set`, read by [`crate::cores::config::parse`]. What is
/// not named stays as it is. Last in their commands: the heading is for all that follows.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How the cores are served (what is not named stays as it is)")]
pub(crate) struct Options {
    /// Interrupts of NAPIs: armed when one has run dry, or masked while the core is polled
    /// [default: armed]
    #[arg(long, value_name = "armed|masked")]
    pub(crate) irq: Option<String>,
    /// When idle: spin, or sleep after at most US microseconds (1 to 1000000) [default:
    /// adaptive; US: 200]
    #[arg(long, value_name = "spin|adaptive[:US]")]
    pub(crate) idle: Option<String>,
    /// Who serves while the poller sleeps or lets others run: it, woken by each packet, or softirq,
    /// with the poller in reserve; auto: softirq if adaptive and armed [default: auto]
    #[arg(long, value_name = "thread|softirq|auto")]
    pub(crate) away: Option<String>,
    /// SCHED_FIFO, or SCHED_OTHER with a nice value (-20 to 19) [default: fifo; NICE: 0]
    #[arg(long, value_name = "fifo|other[:NICE]")]
    pub(crate) sched: Option<String>,
    /// Adaptive: longest C-state exit allowed to the core, in microseconds (0 to 1000000)
    /// [default: none]
    #[arg(long, value_name = "US|none")]
    pub(crate) max_exit_latency: Option<String>,
    /// Shortest housekeeping window, in microseconds (20 to 1000) [default: 50]
    #[arg(long, value_name = "US")]
    pub(crate) window: Option<String>,
    /// Shortest time between two checks for waiting tasks, in microseconds (100 to 10000)
    /// [default: 500]
    #[arg(long, value_name = "US")]
    pub(crate) spacing: Option<String>,
    /// A poller that is away for longer while packets wait loses its core, in milliseconds (20 to
    /// 60000) [default: 100]
    #[arg(long, value_name = "MS")]
    pub(crate) rescue: Option<String>,
    /// The poller takes such a core again after so many milliseconds (100 to 60000), each time twice
    /// as long up to a minute, or never [default: 1000]
    #[arg(long, value_name = "MS|never")]
    pub(crate) retry: Option<String>,
    /// A task that waits and always wants the core gets one part in N (1 to 12) of the poller's time
    /// [default: 1/12]
    #[arg(long, value_name = "1/N")]
    pub(crate) share: Option<String>,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Show the NAPIs of each core, too (JSON always has them)
    #[arg(long)]
    pub(crate) napis: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// Configuration of the kernel [default: beside the image that was found]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Remember a good verdict for kbpctl load, in /var/lib/kbp/verified
    #[arg(long)]
    pub(crate) record: bool,
}

/// Arguments of `completion`.
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell to print it for
    pub(crate) shell: Shell,
}

/// Arguments of `manual`.
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// A verb, such as enable or irq pin [default: kbpctl itself]
    #[arg(value_name = "VERB")]
    pub(crate) words: Vec<String>,
    /// Print the names of the pages
    #[arg(long, conflicts_with = "words")]
    pub(crate) list: bool,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// As documents name it, like kbp.status/2 [default: list the names]
    #[arg(add = complete::schemas())]
    pub(crate) name: Option<String>,
}

/// Which kernel to look at.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Subject {
    /// The running kernel, which is the default
    #[arg(long)]
    pub(crate) running: bool,
    /// An installed kernel, named as uname -r would
    #[arg(long, value_name = "RELEASE")]
    pub(crate) kernel: Option<String>,
    /// An image: a bzImage (vmlinuz) or an uncompressed vmlinux
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,
}
