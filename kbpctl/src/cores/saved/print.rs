// SPDX-License-Identifier: GPL-2.0
//! The saved state as `--save` writes it.

use std::collections::BTreeMap;

use kbp_uapi as abi;
use kbp_uapi::kbp_core_config;
use serde::Serialize;

use super::served::{Served, Way};
use super::{Nics, Set};
use crate::cli::Options;
use crate::cores::{config, list};

const HEAD: &str = "# Written by kbpctl --save. kbpctl reapply serves these cores again.\n";

#[derive(Serialize)]
struct Document {
    serve: Vec<Serve>,
}

#[derive(Serialize)]
pub(super) struct Serve {
    cores: String,
    from: Option<String>,
    channels: Option<u32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    xps: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    force: bool,
    irq: Option<Word>,
    idle: Option<Word>,
    away: Option<Word>,
    sched: Option<Word>,
    #[serde(rename = "max-exit-latency")]
    max_exit_latency: Option<Word>,
    window: Option<Word>,
    spacing: Option<Word>,
    rescue: Option<Word>,
    retry: Option<Word>,
    share: Option<Word>,
}

/// Numbers stand without quotes.
#[derive(Serialize)]
#[serde(untagged)]
enum Word {
    Number(i64),
    Text(String),
}

impl From<String> for Word {
    fn from(text: String) -> Word {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Word::Number(number),
            _ => Word::Text(text),
        }
    }
}

/// Cores that one `[[serve]]` brings back.
pub(super) struct Block<'a> {
    pub(super) cores: Vec<u32>,
    pub(super) nics: Nics,
    pub(super) force: bool,
    /// `None`: another one says how they are served.
    pub(super) config: Option<&'a kbp_core_config>,
}

/// What brings these cores back. Cores served alike that differ in `mark` are not put together.
pub(super) fn blocks<M: Ord>(served: &Served, mark: impl Fn(u32) -> M) -> Vec<Block<'_>> {
    let mut alike: BTreeMap<(String, bool, M), (&Way, Vec<u32>)> = BTreeMap::new();
    for (core, way) in &served.cores {
        let config = config::phrase(u32::MAX, &way.config);
        let key = (config, way.force, mark(*core));
        alike.entry(key).or_insert((way, Vec::new())).1.push(*core);
    }
    let mut ways: Vec<_> = alike.into_values().collect();
    // Last what takes force: the last free core goes to no other.
    ways.sort_by_key(|(way, cores)| (way.force, cores[0]));
    let mut from = groups(served);
    let mut blocks = Vec::new();
    for (way, cores) in ways {
        // One set where the same cores are served alike and have the interrupts.
        let same = from.iter().position(|(_, others)| *others == cores);
        blocks.push(Block {
            cores,
            nics: same.map_or_else(Nics::default, |same| from.remove(same).0),
            force: way.force,
            config: Some(&way.config),
        });
    }
    // By then all are served, and each has its options.
    blocks.extend(from.into_iter().map(|(nics, cores)| Block {
        force: cores.iter().any(|core| served.cores[core].force),
        cores,
        nics,
        config: None,
    }));
    blocks
}

/// The cores that have the interrupts of the same interfaces: these go to all of them in turn, however each is
/// served.
fn groups(served: &Served) -> Vec<(Nics, Vec<u32>)> {
    let mut groups: BTreeMap<&Nics, Vec<u32>> = BTreeMap::new();
    let with = |(_, way): &(&u32, &Way)| !way.nics.from.is_empty();
    for (core, way) in served.cores.iter().filter(with) {
        groups.entry(&way.nics).or_default().push(*core);
    }
    groups
        .into_iter()
        .map(|(nics, cores)| (nics.clone(), cores))
        .collect()
}

/// The file that brings these cores back.
pub(super) fn of_served(served: &Served) -> String {
    let serve = |block: Block<'_>| {
        let options = block.config.map_or_else(Options::default, |config| {
            let default = kbp_core_config::default();
            options_of(config, config::differing(u32::MAX, config, &default))
        });
        serve(
            list::print(&list::set(block.cores)),
            &block.nics,
            block.force,
            options,
        )
    };
    print(blocks(served, |_| ()).into_iter().map(serve).collect())
}

/// The file that `--save` would have written for these sets.
pub(super) fn of_sets(sets: Vec<Set>) -> String {
    let serve = |set: Set| serve(set.cores, &set.nics, set.force, set.options);
    print(sets.into_iter().map(serve).collect())
}

fn print(serve: Vec<Serve>) -> String {
    // Serialising plain structs of numbers and strings cannot fail.
    let text = toml::to_string(&Document { serve }).unwrap_or_default();
    format!("{HEAD}{text}")
}

pub(super) fn serve(cores: String, nics: &Nics, force: bool, options: Options) -> Serve {
    let word = |text: Option<String>| text.map(Word::from);
    let Nics { from, queues } = nics;
    Serve {
        cores,
        from: (!from.is_empty()).then(|| from.join(",")),
        channels: queues.channels,
        xps: queues.xps,
        force,
        irq: word(options.irq),
        idle: word(options.idle),
        away: word(options.away),
        sched: word(options.sched),
        max_exit_latency: word(options.max_exit_latency),
        window: word(options.window),
        spacing: word(options.spacing),
        rescue: word(options.rescue),
        retry: word(options.retry),
        share: word(options.share),
    }
}

/// The named fields of a configuration as options.
pub(super) fn options_of(config: &kbp_core_config, fields: u32) -> Options {
    let word = |bits: u32, text: String| (fields & bits != 0).then_some(text);
    let number = |bit: u32, number: u32| word(bit, number.to_string());
    let irq = match config.irq_mode {
        abi::KBP_IRQ_MASKED => "masked",
        _ => "armed",
    };
    let idle = match config.idle_policy {
        abi::KBP_IDLE_ADAPTIVE => format!("adaptive:{}", config.spin_us),
        _ => "spin".to_owned(),
    };
    let away = match config.away {
        abi::KBP_AWAY_THREAD => "thread",
        abi::KBP_AWAY_SOFTIRQ => "softirq",
        _ => "auto",
    };
    let sched = match config.sched_policy {
        abi::KBP_SCHED_OTHER => format!("other:{}", config.nice),
        _ => "fifo".to_owned(),
    };
    let retry = match config.retry_ms {
        abi::KBP_RETRY_NEVER => "never".to_owned(),
        ms => ms.to_string(),
    };
    let exit_latency = match config.exit_latency_us {
        abi::KBP_EXIT_LATENCY_NONE => "none".to_owned(),
        us => us.to_string(),
    };
    Options {
        irq: word(abi::KBP_FIELD_IRQ_MODE, irq.to_owned()),
        idle: word(abi::KBP_FIELD_IDLE_POLICY | abi::KBP_FIELD_SPIN, idle),
        away: word(abi::KBP_FIELD_AWAY, away.to_owned()),
        sched: word(abi::KBP_FIELD_SCHED_POLICY | abi::KBP_FIELD_NICE, sched),
        max_exit_latency: word(abi::KBP_FIELD_EXIT_LATENCY, exit_latency),
        window: number(abi::KBP_FIELD_WINDOW, config.window_us),
        spacing: number(abi::KBP_FIELD_SPACING, config.spacing_us),
        rescue: number(abi::KBP_FIELD_RESCUE, config.rescue_ms),
        retry: word(abi::KBP_FIELD_RETRY, retry),
        share: word(abi::KBP_FIELD_SHARE, format!("1/{}", config.share_one_in)),
    }
}
