// SPDX-License-Identifier: GPL-2.0
//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kbp_vm::Nic;

/// Run commands in guests with stock kernels.
///
/// Exit codes of `run`: the command's own; 255 when the guest's kernel failed (panic, BUG, WARN, oops,
/// stall, lockup, hung task, foreign taint); 254 on time-out; 1 when the host could not run the
/// guest; 2 for wrong usage.
#[derive(Debug, Parser)]
#[command(name = "kbp-vm", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run a command in a guest, and exit with its code.
    Run {
        #[command(flatten)]
        guest: Guest,
        /// Record trace events of the kernel, like kbp:*, and print them after the command's output (repeatable).
        #[arg(long, value_name = "EVENTS")]
        trace: Vec<String>,
        /// The command. One word is a shell line; several are passed on exactly.
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// Give a prompt in a guest with KBP loaded; leave it with `exit`.
    Shell {
        #[command(flatten)]
        guest: Guest,
    },
    /// Tell which accelerator guests run with, and why.
    Probe {
        /// The kernel to try KVM with, if that must be tried [default: any that was fetched].
        #[arg(long, value_name = "SUITE|RELEASE")]
        kernel: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Guest {
    /// The kernel, fetched before by `make kernel KERNEL=...`.
    #[arg(long, value_name = "SUITE|RELEASE")]
    pub(crate) kernel: String,
    /// Virtual CPUs.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=255))]
    pub(crate) smp: u32,
    /// Let the guest's clock count instructions, 1 ns each: one emulated CPU, the same times in every run.
    #[arg(long, conflicts_with = "smp")]
    pub(crate) icount: bool,
    /// Write the guest's instructions to files in this folder when it says `kbp-host instructions NAME`.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) instructions: Option<PathBuf>,
    /// Memory in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(128..))]
    pub(crate) mem: u32,
    /// Add a virtio NIC with N queue pairs [default for shell: 2, or 1 without rights], one that is a vhost-user port of Open vSwitch with DPDK, or, after all
    /// those, a vmxnet3, e1000e or igb (repeatable). The switch, and more than one queue pair, need root and /dev/net/tun.
    #[arg(long, value_name = "queues=N|ovs-dpdk|model=NAME")]
    pub(crate) nic: Vec<Nic>,
    /// Copy a file or folder into the guest [default place: /root/NAME] (repeatable).
    #[arg(long, value_name = "HOST[:GUEST]", value_parser = copy)]
    pub(crate) copy: Vec<(PathBuf, String)>,
    /// Make one more stock module available to modprobe, unless it is built in (repeatable).
    #[arg(long, value_name = "NAME")]
    pub(crate) module: Vec<String>,
    /// Give the guest a program of the toolchain root, like chrt or ip (repeatable).
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: Vec<String>,
    /// Boot into the root file system of this ext4 image, with its own systemd; writes are thrown away.
    #[arg(long, value_name = "IMAGE")]
    pub(crate) root: Option<PathBuf>,
    /// A shell script to run in the image's root before its systemd starts.
    #[arg(long, value_name = "SCRIPT", requires = "root")]
    pub(crate) before: Option<String>,
    /// Seconds the whole run may take [default: 300; none for shell].
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: Option<u64>,
    /// Add to the kernel command line (repeatable).
    #[arg(long, value_name = "CMDLINE", allow_hyphen_values = true)]
    pub(crate) append: Vec<String>,
    /// Have QEMU wait for gdb before the first instruction, on this TCP port or a free one; there is no time-out then.
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    pub(crate) gdb: Option<u16>,
    /// Show the kernel's log on stderr (KBP_VM_LOG=FILE saves it).
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

fn copy(text: &str) -> Result<(PathBuf, String), String> {
    let (host, guest) = text.split_once(':').unwrap_or((text, ""));
    let host = PathBuf::from(host);
    let Some(name) = host
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
    else {
        return Err("it must be HOST or HOST:GUEST, and HOST must end in a name".into());
    };
    match guest {
        "" => Ok((host, format!("/root/{name}"))),
        guest if guest.starts_with('/') && !guest.ends_with('/') => Ok((host, guest.into())),
        _ => Err("GUEST must be an absolute path that ends in a name".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split(' '))
    }

    #[test]
    fn a_whole_line() {
        let line = "kbp-vm run --kernel sid --smp 4 --nic queues=1 --nic ovs-dpdk --nic queues=4 --copy /a/b:/c --copy d --append -x -- ls -l";
        let Verb::Run { guest, command, .. } = parse(line).unwrap().verb else {
            unreachable!("it says run")
        };
        let cable = |queues| Nic::Cable { queues };
        assert_eq!(guest.nic, [cable(1), Nic::OvsDpdk, cable(4)]);
        assert_eq!(
            guest.copy,
            [("/a/b".into(), "/c".into()), ("d".into(), "/root/d".into())]
        );
        assert_eq!(command, ["ls", "-l"]);
        assert_eq!(guest.append, ["-x"]);
    }

    #[test]
    fn gdb_takes_a_port_or_a_free_one() {
        for (option, port) in [("", None), ("--gdb ", Some(0)), ("--gdb=1234 ", Some(1234))] {
            let line = format!("kbp-vm run --kernel sid {option}-- ls");
            let Verb::Run { guest, .. } = parse(&line).unwrap().verb else {
                unreachable!("it says run")
            };
            assert_eq!(guest.gdb, port, "{line}");
        }
    }

    #[test]
    fn wrong_usage_says_what_is_right() {
        for (line, rule) in [
            ("kbp-vm run --kernel sid", "COMMAND"),
            ("kbp-vm run -- ls", "--kernel"),
            (
                "kbp-vm run --kernel sid --nic 4 -- ls",
                "queues=N with N from 1 to 64, ovs-dpdk, or model= one of vmxnet3, e1000e, igb",
            ),
            (
                "kbp-vm run --kernel sid --nic queues=0 -- ls",
                "queues=N with N from 1 to 64",
            ),
            ("kbp-vm run --kernel sid --copy a:b -- ls", "absolute path"),
            ("kbp-vm run --kernel sid --timeout 0 -- ls", "0"),
            (
                "kbp-vm run --kernel sid --icount --smp 2 -- ls",
                "cannot be used with",
            ),
            ("kbp-vm fly", "fly"),
        ] {
            let error = parse(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(rule), "{line}: {error}");
        }
    }
}
