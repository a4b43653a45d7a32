// SPDX-License-Identifier: GPL-2.0
//! `kbp-matrix`: builds KBP for every kernel of the archive, boots each, and writes what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Parser;
use kbp_stories::matrix::{self, Kernel, Kernels, Report, Row, Verdict, SCHEMA};
use kbp_stories::Story;
use kbp_vm::cache::Layout;

/// Builds KBP for every kernel of the archive, boots each in a guest and tells it one story
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Only releases that contain this text (repeatable)
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// List what would be tested, and test nothing
    #[arg(long)]
    list: bool,
    /// Where report.json and report.html go
    #[arg(long, value_name = "FOLDER", default_value = "out/matrix")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(5),
        Err(error) => {
            eprintln!("kbp-matrix: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<bool, String> {
    let start = Instant::now();
    let layout = Layout::find().map_err(|error| error.to_string())?;
    let builder = Kernels::of(&layout.root);
    let mut kernels = builder.list()?;
    let wanted = |text: &String, kernel: &Kernel| kernel.release.contains(text.as_str());
    kernels.retain(|kernel| {
        options.only.is_empty() || options.only.iter().any(|text| wanted(text, kernel))
    });
    if kernels.is_empty() {
        return Err(format!("no kernel matches {:?}: see --list", options.only));
    }
    if options.list {
        for kernel in &kernels {
            println!("{} {} {}", kernel.release, kernel.suite, kernel.version);
        }
        return Ok(true);
    }
    let mut report = Report {
        schema: SCHEMA.into(),
        commit: commit(&layout.root),
        took_s: 0,
        kernels: Vec::new(),
    };
    let count = kernels.len();
    for (number, kernel) in (1..).zip(kernels) {
        eprintln!(
            "==> {number} of {count}: {} ({})",
            kernel.release, kernel.suite
        );
        let row = test(&builder, &layout, kernel);
        println!("{}", line(&row));
        report.kernels.push(row);
        report.took_s = start.elapsed().as_secs();
        // After each: a run that is interrupted has its rows.
        save(&options.out, &report)?;
    }
    println!("report: {}/report.{{json,html}}", options.out.display());
    Ok(report.is_green())
}

fn test(builder: &Kernels, layout: &Layout, kernel: Kernel) -> Row {
    let start = Instant::now();
    let built = builder.build(&kernel.release);
    let mut row = Row {
        rust: built.is_ok().then(|| rust(layout, &kernel.release)),
        release: kernel.release,
        suite: kernel.suite,
        version: kernel.version,
        verdict: Verdict::Refused,
        reason: None,
        built_s: start.elapsed().as_secs(),
        steps: Vec::new(),
    };
    if let Err(reason) = built {
        row.reason = Some(reason);
        return row;
    }
    let told = Story::find(matrix::STORY).and_then(|story| story.tell(&row.release, false));
    match told {
        Ok(told) => {
            row.steps = matrix::steps(&told);
            row.reason = told.fault;
        }
        Err(error) => row.reason = Some(error.to_string()),
    }
    row.verdict = match row.reason {
        None => Verdict::Ok,
        Some(_) => Verdict::Fail,
    };
    row
}

/// Which Rust the modules of a release were built with.
fn rust(layout: &Layout, release: &str) -> String {
    let prepared = layout.cache.join("kernels").join(release).join(".kbp-done");
    match fs::read_to_string(prepared).as_deref().map(str::trim) {
        Ok("rust") => "r4l".into(),
        _ => "freestanding".into(),
    }
}

fn line(row: &Row) -> String {
    let steps: Vec<_> = row
        .steps
        .iter()
        .map(|step| format!("{} {} ms", step.name, step.ms))
        .collect();
    format!(
        "{} {:?}: {}",
        row.release,
        row.verdict,
        row.reason.clone().unwrap_or_else(|| steps.join(", "))
    )
}

fn commit(root: &Path) -> String {
    Command::new("git")
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|described| described.status.success())
        .map_or("unknown".into(), |described| {
            String::from_utf8_lossy(&described.stdout).trim().to_owned()
        })
}

fn save(folder: &Path, report: &Report) -> Result<(), String> {
    let json = serde_json::to_string_pretty(report).map_err(|error| error.to_string())? + "\n";
    let cannot = |error| format!("cannot write to {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(cannot)?;
    fs::write(folder.join("report.json"), json).map_err(cannot)?;
    fs::write(folder.join("report.html"), matrix::page(report)).map_err(cannot)
}
