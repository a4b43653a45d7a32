// SPDX-License-Identifier: GPL-2.0
//! The configuration of a core: its fields, their ranges, and their names in reports.

pub(crate) mod parse;
pub(crate) mod schema;

use kbp_uapi as abi;
use kbp_uapi::kbp_core_config;
use serde_json::{Map, Value};

/// Fields of a configuration to set. The others keep what they have.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    /// `FIELD_*`.
    pub(crate) fields: u32,
    /// Only the named fields count.
    pub(crate) config: kbp_core_config,
}

impl Settings {
    /// Every field of `config`.
    pub(crate) fn all_of(config: &kbp_core_config) -> Settings {
        Settings {
            fields: FIELDS.iter().fold(0, |bits, field| bits | field.bit),
            config: *config,
        }
    }

    /// Whether no field is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields == 0
    }
}

/// A word of the command line and of reports, and its number.
type Words = [(&'static str, u32)];

const IRQ: &Words = &[
    ("armed", abi::KBP_IRQ_ARMED),
    ("masked", abi::KBP_IRQ_MASKED),
];
const IDLE: &Words = &[
    ("spin", abi::KBP_IDLE_SPIN),
    ("adaptive", abi::KBP_IDLE_ADAPTIVE),
];
const AWAY: &Words = &[
    ("thread", abi::KBP_AWAY_THREAD),
    ("softirq", abi::KBP_AWAY_SOFTIRQ),
    ("auto", abi::KBP_AWAY_AUTO),
];
const SCHED: &Words = &[
    ("fifo", abi::KBP_SCHED_FIFO),
    ("other", abi::KBP_SCHED_OTHER),
];

/// What a field takes.
pub(crate) enum Rule {
    Words,
    Range {
        min: i32,
        max: i32,
        unit: &'static str,
    },
}

/// One field of [`kbp_core_config`].
pub(crate) struct Field {
    /// Its `FIELD_*`.
    pub(crate) bit: u32,
    /// Its key in reports.
    pub(crate) key: &'static str,
    /// How to write it on the command line.
    usage: &'static str,
    rule: Rule,
    /// The word for no number.
    without: &'static str,
    value: fn(&kbp_core_config) -> Value,
}

impl Field {
    const fn range(mut self, min: i32, max: i32, unit: &'static str) -> Field {
        self.rule = Rule::Range { min, max, unit };
        self
    }

    const fn without(mut self, word: &'static str) -> Field {
        self.without = word;
        self
    }

    /// Its value, as reports show it.
    pub(crate) fn value(&self, config: &kbp_core_config) -> Value {
        (self.value)(config)
    }

    /// How to write it, for the cure of an error.
    pub(crate) fn cure(&self) -> String {
        match self.rule {
            Rule::Words => format!("write {}", self.usage),
            Rule::Range { min, max, unit } => {
                format!(
                    "write {} with a number from {min} to {max}{unit}",
                    self.usage
                )
            }
        }
    }
}

const fn field(
    bit: u32,
    key: &'static str,
    usage: &'static str,
    value: fn(&kbp_core_config) -> Value,
) -> Field {
    Field {
        bit,
        key,
        usage,
        rule: Rule::Words,
        without: "",
        value,
    }
}

/// Every field, in the order of reports.
pub(crate) static FIELDS: [Field; 12] = [
    field(
        abi::KBP_FIELD_IRQ_MODE,
        "irq",
        "--irq armed|masked",
        |config| word(IRQ, config.irq_mode),
    ),
    field(
        abi::KBP_FIELD_IDLE_POLICY,
        "idle",
        "--idle spin|adaptive[:US]",
        |config| word(IDLE, config.idle_policy),
    ),
    field(
        abi::KBP_FIELD_SPIN,
        "spin_us",
        "--idle adaptive:US",
        |config| config.spin_us.into(),
    )
    .range(
        abi::KBP_SPIN_US_MIN as i32,
        abi::KBP_SPIN_US_MAX as i32,
        " us",
    ),
    field(
        abi::KBP_FIELD_AWAY,
        "away",
        "--away thread|softirq|auto",
        |config| word(AWAY, config.away),
    ),
    field(
        abi::KBP_FIELD_SCHED_POLICY,
        "sched",
        "--sched fifo|other[:NICE]",
        |config| word(SCHED, config.sched_policy),
    ),
    field(
        abi::KBP_FIELD_NICE,
        "nice",
        "--sched other:NICE",
        |config| config.nice.into(),
    )
    .range(abi::KBP_NICE_MIN, abi::KBP_NICE_MAX as i32, ""),
    field(
        abi::KBP_FIELD_EXIT_LATENCY,
        "max_exit_latency_us",
        "--max-exit-latency none, or --max-exit-latency US",
        |config| match config.exit_latency_us {
            abi::KBP_EXIT_LATENCY_NONE => Value::Null,
            us => us.into(),
        },
    )
    .range(0, abi::KBP_EXIT_LATENCY_US_MAX as i32, " us")
    .without("none"),
    field(
        abi::KBP_FIELD_WINDOW,
        "window_us",
        "--window US",
        |config| config.window_us.into(),
    )
    .range(
        abi::KBP_WINDOW_US_MIN as i32,
        abi::KBP_WINDOW_US_MAX as i32,
        " us",
    ),
    field(
        abi::KBP_FIELD_SPACING,
        "spacing_us",
        "--spacing US",
        |config| config.spacing_us.into(),
    )
    .range(
        abi::KBP_SPACING_US_MIN as i32,
        abi::KBP_SPACING_US_MAX as i32,
        " us",
    ),
    field(
        abi::KBP_FIELD_RESCUE,
        "rescue_ms",
        "--rescue MS",
        |config| config.rescue_ms.into(),
    )
    .range(
        abi::KBP_RESCUE_MS_MIN as i32,
        abi::KBP_RESCUE_MS_MAX as i32,
        " ms",
    ),
    field(
        abi::KBP_FIELD_RETRY,
        "retry_ms",
        "--retry never, or --retry MS",
        |config| match config.retry_ms {
            abi::KBP_RETRY_NEVER => Value::Null,
            ms => ms.into(),
        },
    )
    .range(
        abi::KBP_RETRY_MS_MIN as i32,
        abi::KBP_RETRY_MS_MAX as i32,
        " ms",
    )
    .without("never"),
    field(
        abi::KBP_FIELD_SHARE,
        "share_one_in",
        "--share 1/N",
        |config| config.share_one_in.into(),
    )
    .range(
        abi::KBP_SHARE_ONE_IN_MIN as i32,
        abi::KBP_SHARE_ONE_IN_MAX as i32,
        "",
    ),
];

fn word(words: &[(&str, u32)], number: u32) -> Value {
    let known = words.iter().find(|(_, value)| *value == number);
    known.map_or("unknown", |(word, _)| word).into()
}

/// The options that set fields.
pub(crate) fn options() -> Vec<&'static str> {
    let option = |field: &Field| field.usage.split(' ').next();
    let mut options: Vec<_> = FIELDS.iter().filter_map(option).collect();
    options.dedup();
    options
}

/// The field of a `FIELD_*`.
pub(crate) fn by_bit(bit: u32) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.bit == bit)
}

fn named(fields: u32) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |field| fields & field.bit != 0)
}

/// What a configuration is when the named fields are set.
pub(crate) fn merged(config: &kbp_core_config, settings: &Settings) -> kbp_core_config {
    let mut merged = *config;
    macro_rules! set {
        ($($bit:ident $field:ident,)*) => {
            $(if settings.fields & abi::$bit != 0 { merged.$field = settings.config.$field; })*
        };
    }
    set! {
        KBP_FIELD_IRQ_MODE irq_mode,
        KBP_FIELD_IDLE_POLICY idle_policy,
        KBP_FIELD_AWAY away,
        KBP_FIELD_SCHED_POLICY sched_policy,
        KBP_FIELD_NICE nice,
        KBP_FIELD_SPIN spin_us,
        KBP_FIELD_EXIT_LATENCY exit_latency_us,
        KBP_FIELD_WINDOW window_us,
        KBP_FIELD_SPACING spacing_us,
        KBP_FIELD_RESCUE rescue_ms,
        KBP_FIELD_RETRY retry_ms,
        KBP_FIELD_SHARE share_one_in,
    }
    merged
}

/// The named fields as a JSON object.
pub(crate) fn json(fields: u32, config: &kbp_core_config) -> Map<String, Value> {
    named(fields)
        .map(|field| (field.key.to_owned(), field.value(config)))
        .collect()
}

/// The named fields as text: "irq=masked, window_us=80".
pub(crate) fn phrase(fields: u32, config: &kbp_core_config) -> String {
    let text = |field: &Field| match field.value(config) {
        Value::String(word) => format!("{}={word}", field.key),
        Value::Null => format!("{}={}", field.key, field.without),
        number => format!("{}={number}", field.key),
    };
    named(fields).map(text).collect::<Vec<_>>().join(", ")
}

/// Those of the named fields in which two configurations differ.
pub(crate) fn differing(fields: u32, one: &kbp_core_config, other: &kbp_core_config) -> u32 {
    named(fields)
        .filter(|field| field.value(one) != field.value(other))
        .fold(0, |bits, field| bits | field.bit)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn help_has_the_defaults_of_the_header() {
        let mut command = crate::cli::Cli::command();
        let set = command.find_subcommand_mut("set").expect("set");
        set.build();
        for field in &FIELDS {
            let option = field.usage.split([' ', ',']).next().expect("an option");
            let argument = set
                .get_arguments()
                .find(|argument| Some(&option[2..]) == argument.get_long())
                .expect(option);
            let help = argument.get_help().expect(option).to_string();
            let (_, defaults) = help.split_once("[default: ").expect(&help);
            let default = match field.value(&kbp_core_config::default()) {
                Value::String(word) => word,
                Value::Null => field.without.to_owned(),
                number => number.to_string(),
            };
            let named = defaults.trim_end_matches(']').split([' ', ';', '/']);
            assert!(
                named.clone().any(|word| word == default),
                "{option}: {default} in {help}"
            );
        }
    }

    #[test]
    fn help_and_manual_have_the_ranges_of_the_header() {
        let mut command = crate::cli::Cli::command();
        let set = command.find_subcommand_mut("set").expect("set");
        let help = set.render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let manual = include_str!("../../../../docs/kbpctl.md");
        for field in &FIELDS {
            let Rule::Range { min, max, .. } = field.rule else {
                continue;
            };
            let range = format!("{min} to {max}");
            assert!(help.contains(&range), "{}: {range} in {help}", field.key);
            assert!(manual.contains(&range), "{}: {range}", field.key);
        }
    }
}
