// SPDX-License-Identifier: GPL-2.0
//! The saved state: `/etc/kbp/kbp.toml`, or where it does not exist `/usr/lib/kbp/kbp.toml`; and then
//! `/etc/kbp/kbp.d/*.toml` in the order of their names.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use kbp_uapi as abi;
use kbp_uapi::kbp_core_config;
use serde::{Deserialize, Serialize};

use crate::cli::Options;
use crate::cores::config;
use crate::cores::device;
use crate::cores::list;
use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// What `--save` writes.
pub(crate) const FILE: &str = "/etc/kbp/kbp.toml";
const PACKAGED: &str = "/usr/lib/kbp/kbp.toml";
const FOLDER: &str = "/etc/kbp/kbp.d";
const HEAD: &str = "# Written by kbpctl --save. kbpctl reapply serves these cores again.\n";

/// Cores that are to be served in one way.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) cores: String,
    pub(crate) force: bool,
    pub(crate) options: Options,
    pub(crate) file: PathBuf,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    serve: Vec<Serve>,
}

/// The options of `kbpctl enable`, by their names.
#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Serve {
    cores: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    force: bool,
    irq: Option<String>,
    idle: Option<String>,
    sched: Option<String>,
    #[serde(rename = "max-exit-latency")]
    max_exit_latency: Option<Word>,
    window: Option<Word>,
    spacing: Option<Word>,
    rescue: Option<Word>,
}

/// `50` and `"50"` are the same.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Word {
    Number(i64),
    Text(String),
}

impl From<Word> for String {
    fn from(word: Word) -> String {
        match word {
            Word::Number(number) => number.to_string(),
            Word::Text(text) => text,
        }
    }
}

/// Everything that is to be served.
pub(crate) fn read(sys: &dyn System) -> Result<Vec<Set>> {
    let main = match sys.exists(Path::new(FILE)) {
        true => FILE,
        false => PACKAGED,
    };
    let mut sets = of_file(sys, Path::new(main))?;
    let names = sys.list(Path::new(FOLDER)).unwrap_or_default();
    for name in names.iter().filter(|name| name.ends_with(".toml")) {
        sets.extend(of_file(sys, &Path::new(FOLDER).join(name))?);
    }
    Ok(sets)
}

fn of_file(sys: &dyn System, file: &Path) -> Result<Vec<Set>> {
    let text = match sys.read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Error::system(
                format!("cannot read {}", file.display()),
                &error,
            ))
        }
    };
    let document: Document = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(1, |span| {
            1 + text[..span.start.min(text.len())].matches('\n').count()
        });
        Error::new(
            Exit::Usage,
            format!("cannot use {}", file.display()),
            format!("line {at}: {}", error.message()),
            "write [[serve]] with cores = \"LIST\" and options named as those of kbpctl enable",
        )
    })?;
    let set = |serve: Serve| Set {
        cores: serve.cores,
        force: serve.force,
        options: Options {
            irq: serve.irq,
            idle: serve.idle,
            sched: serve.sched,
            max_exit_latency: serve.max_exit_latency.map(String::from),
            window: serve.window.map(String::from),
            spacing: serve.spacing.map(String::from),
            rescue: serve.rescue.map(String::from),
        },
        file: file.to_owned(),
    };
    Ok(document.serve.into_iter().map(set).collect())
}

/// Writes what is served now; `force` when it took that to enable it.
pub(crate) fn write(sys: &dyn System, force: bool) -> Result<()> {
    let mut sets: BTreeMap<String, (kbp_core_config, Vec<u32>)> = BTreeMap::new();
    if let Some(info) = device::info(sys)? {
        for status in device::all_cores(sys, &info)? {
            if status.state != abi::KBP_CORE_OFF {
                let key = config::phrase(u32::MAX, &status.config);
                let set = sets
                    .entry(key)
                    .or_insert_with(|| (status.config, Vec::new()));
                set.1.push(status.core);
            }
        }
    }
    let document = Document {
        serve: sets
            .into_values()
            .map(|(config, numbers)| serve(&config, &numbers, force))
            .collect(),
    };
    let text = toml::to_string(&document).map_err(|error| {
        Error::new(
            Exit::Failed,
            format!("cannot write {FILE}"),
            error.to_string(),
            "report this",
        )
    })?;
    sys.store(Path::new(FILE), &format!("{HEAD}{text}"))
        .map_err(|error| Error::system(format!("cannot write {FILE}"), &error))
}

/// What differs from the configuration that a core has at first.
fn serve(config: &kbp_core_config, numbers: &[u32], force: bool) -> Serve {
    let differs = config::differing(u32::MAX, config, &kbp_core_config::default());
    let word = |bits: u32, text: String| (differs & bits != 0).then_some(text);
    let number =
        |bit: u32, number: u32| (differs & bit != 0).then_some(Word::Number(number.into()));
    let irq = match config.irq_mode {
        abi::KBP_IRQ_MASKED => "masked",
        _ => "armed",
    };
    let idle = match config.idle_policy {
        abi::KBP_IDLE_ADAPTIVE => format!("adaptive:{}", config.spin_us),
        _ => "spin".to_owned(),
    };
    let sched = match config.sched_policy {
        abi::KBP_SCHED_OTHER => format!("other:{}", config.nice),
        _ => "fifo".to_owned(),
    };
    Serve {
        cores: list::print(&list::set(numbers)),
        force: force || numbers.contains(&0),
        irq: word(abi::KBP_FIELD_IRQ_MODE, irq.to_owned()),
        idle: word(abi::KBP_FIELD_IDLE_POLICY | abi::KBP_FIELD_SPIN, idle),
        sched: word(abi::KBP_FIELD_SCHED_POLICY | abi::KBP_FIELD_NICE, sched),
        max_exit_latency: number(abi::KBP_FIELD_EXIT_LATENCY, config.exit_latency_us),
        window: number(abi::KBP_FIELD_WINDOW, config.window_us),
        spacing: number(abi::KBP_FIELD_SPACING, config.spacing_us),
        rescue: number(abi::KBP_FIELD_RESCUE, config.rescue_ms),
    }
}
