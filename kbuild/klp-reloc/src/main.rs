// SPDX-License-Identifier: GPL-2.0
//! The klp-reloc command: reads files, calls the library, writes files.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use klp_reloc::{Outcome, Rules, SymbolList, Symvers};

/// Livepatch relocations for a finished kernel module.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Write the extra symvers file that lets modpost accept the listed symbols
    Symvers {
        /// The list: 'name [sympos] [data]' a line
        #[arg(long, value_name = "LIST")]
        symbols: PathBuf,
        /// The kernel's Module.symvers; names in it are left out
        #[arg(long, value_name = "FILE")]
        module_symvers: PathBuf,
        /// The file to write, for KBUILD_EXTRA_SYMBOLS
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Turn the listed undefined symbols of a .ko into livepatch symbols
    Rewrite {
        /// The list: 'name [sympos] [data]' a line
        #[arg(long, value_name = "LIST")]
        symbols: PathBuf,
        /// The module that Kbuild linked, not yet signed
        #[arg(value_name = "IN.ko")]
        input: PathBuf,
        /// The module to write; may be the same file
        #[arg(value_name = "OUT.ko")]
        output: PathBuf,
    },
    /// Refuse a rewritten .ko that would fail to load or be unsafe
    Check {
        /// The list: 'name [sympos] [data]' a line
        #[arg(long, value_name = "LIST")]
        symbols: PathBuf,
        /// A Module.symvers with symbols the module may use; repeat for other modules' files
        #[arg(long, value_name = "FILE")]
        symvers: Vec<PathBuf>,
        /// Check that functions whose names start like this are left by returns only
        #[arg(long, value_name = "PREFIX")]
        hooks: Option<String>,
        /// The rewritten module
        #[arg(value_name = "FILE.ko")]
        module: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("klp-reloc: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: &Verb) -> Result<ExitCode> {
    match verb {
        Verb::Symvers {
            symbols,
            module_symvers,
            out,
        } => {
            let text = klp_reloc::symvers(&read_list(symbols)?, &read_symvers(module_symvers)?);
            replace(out, text.as_bytes(), None)?;
        }
        Verb::Rewrite {
            symbols,
            input,
            output,
        } => rewrite(symbols, input, output)?,
        Verb::Check {
            symbols,
            symvers,
            hooks,
            module,
        } => {
            return check(symbols, symvers, hooks.as_deref(), module);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn rewrite(symbols: &Path, input: &Path, output: &Path) -> Result<()> {
    let list = read_list(symbols)?;
    let result = klp_reloc::rewrite(&read(input)?, &list).with_context(|| shown(input))?;
    if input != output || result.outcome == Outcome::Rewritten {
        replace(output, &result.bytes, Some(input))?;
    }
    let mut report = String::new();
    for moved in &result.moved {
        report += &format!("  {moved}\n");
    }
    let symbols = count(result.symbols, "livepatch symbol");
    report += &format!("{}: ", shown(output));
    report += &match result.outcome {
        Outcome::Rewritten => {
            format!(
                "{symbols}, {} moved\n",
                count(result.moved.len(), "relocation")
            )
        }
        Outcome::AlreadyRewritten => format!("already rewritten, {symbols}\n"),
        Outcome::NothingListed => "uses no listed symbol, nothing to do\n".to_owned(),
    };
    print(&report)
}

fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Writes to standard output. A reader that has seen enough is no error: the work is done.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("standard output: cannot write")
        }
        _ => Ok(()),
    }
}

fn check(list: &Path, files: &[PathBuf], hooks: Option<&str>, module: &Path) -> Result<ExitCode> {
    let list = read_list(list)?;
    let mut symvers = Symvers::default();
    for file in files {
        symvers.merge(read_symvers(file)?);
    }
    let rules = Rules {
        list: &list,
        symvers: &symvers,
        hooks,
    };
    let found = klp_reloc::check(&read(module)?, &rules).with_context(|| shown(module))?;
    let name = module.display();
    for violation in &found {
        eprintln!("klp-reloc: {name}: {violation}");
    }
    if !found.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    print(&format!("{name}: fit to load\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{}: cannot read", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))
}

fn read_list(path: &Path) -> Result<SymbolList> {
    Ok(SymbolList::parse(&read_text(path)?, &shown(path))?)
}

fn read_symvers(path: &Path) -> Result<Symvers> {
    Ok(Symvers::parse(&read_text(path)?, &shown(path))?)
}

/// Writes a file so that a reader sees the old or the new one, never half of it.
fn replace(path: &Path, bytes: &[u8], like: Option<&Path>) -> Result<()> {
    let failed = || format!("{}: cannot write", path.display());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    let mode = like
        .and_then(|path| std::fs::metadata(path).ok())
        .map(|meta| meta.permissions());
    // A temporary file is private to its owner; a build product is for everyone to read.
    let mode = mode.unwrap_or_else(|| std::os::unix::fs::PermissionsExt::from_mode(0o644));
    file.as_file().set_permissions(mode).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}
