// SPDX-License-Identifier: GPL-2.0
//! The command `kbp-vm`.

mod advice;
mod cli;
mod shell;
mod sink;

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use kbp_vm::cache::Layout;
use kbp_vm::{accel, Error, Outcome, Result, Vm, VmConfig};

use cli::{Cli, Guest, Verb};

fn main() -> ExitCode {
    let result = match Cli::parse().verb {
        Verb::Run {
            guest,
            trace,
            command,
        } => {
            let config = config(guest).command(&command);
            run(trace.into_iter().fold(config, VmConfig::trace))
        }
        Verb::Shell { guest } => shell(guest),
        Verb::Probe { kernel } => probe(kernel.as_deref()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("kbp-vm: {error}");
            ExitCode::FAILURE
        }
    }
}

fn config(guest: Guest) -> VmConfig {
    let mut config = VmConfig::new(guest.kernel)
        .smp(guest.smp)
        .mem(guest.mem)
        .verbose(guest.verbose);
    if guest.icount {
        config = config.icount();
    }
    if let Some(folder) = guest.instructions {
        config = config.instructions(folder);
    }
    if let Some(port) = guest.gdb {
        config = config.gdb(port);
    }
    if let Some(seconds) = guest.timeout {
        config = config.timeout(Some(Duration::from_secs(seconds)));
    }
    for nic in guest.nic {
        config = config.any_nic(nic);
    }
    for (host, place) in guest.copy {
        config = config.copy(host, place);
    }
    for tool in guest.tool {
        config = config.tool(tool);
    }
    for module in guest.module {
        config = config.module(module);
    }
    if let Some(image) = guest.root {
        config = config.root(image);
    }
    if let Some(script) = guest.before {
        config = config.before(script);
    }
    guest
        .append
        .iter()
        .fold(config, |config, more| config.append(more))
}

fn run(config: VmConfig) -> Result<u8> {
    let mut vm = Vm::boot(config.interrupt(catch_signals()?))?;
    advice::on_gdb(&vm)?;
    vm.on_output(sink::to_stdout());
    Ok(tell(&vm.wait()?))
}

fn shell(mut guest: Guest) -> Result<u8> {
    if guest.nic.is_empty() {
        guest.nic.push(shell::nic());
    }
    let config = config(guest).interrupt(catch_signals()?);
    Ok(tell(&shell::run(config)?))
}

/// Says how it ended where the code alone does not.
fn tell(outcome: &Outcome) -> u8 {
    if let Some(text) = outcome.verdict.explain() {
        eprintln!("kbp-vm: {text}");
    }
    outcome.code
}

fn catch_signals() -> Result<Arc<AtomicBool>> {
    kbp_vm::interrupt_flag().map_err(|source| Error::Io {
        what: "cannot catch signals".into(),
        source,
    })
}

fn probe(kernel: Option<&str>) -> Result<u8> {
    let layout = Layout::find()?;
    let (accel, why) = match (accel::known(&layout)?, kernel) {
        (Some(known), _) => known,
        (None, Some(name)) => kbp_vm::choose_accel(&layout, &layout.kernel(name)?)?,
        (None, None) => {
            let kernel = layout.any_kernel();
            let none = || Error::NoKernel {
                name: "trixie-backports".into(),
                cache: layout.cache.clone(),
            };
            kbp_vm::choose_accel(&layout, &kernel.ok_or_else(none)?)?
        }
    };
    println!("{}: {why}", accel.name());
    Ok(0)
}
