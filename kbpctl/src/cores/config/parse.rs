// SPDX-License-Identifier: GPL-2.0
//! Reading the options of a configuration.

use kbp_uapi as abi;

use super::{by_bit, Field, Rule, Settings, Words, AWAY, IDLE, IRQ, SCHED};
use crate::cli::Options;
use crate::error::{Error, Exit, Result};

/// An option as it was given.
#[derive(Clone, Copy)]
struct Given<'a> {
    option: &'static str,
    text: &'a str,
}

/// What the options name.
pub(crate) fn read(options: &Options) -> Result<Settings> {
    let mut settings = Settings::default();
    let Settings { fields, config } = &mut settings;
    let mut set = |bit: u32| *fields |= bit;
    for (option, text, bit, words, field) in [
        (
            "--irq",
            &options.irq,
            abi::KBP_FIELD_IRQ_MODE,
            IRQ,
            &mut config.irq_mode,
        ),
        (
            "--away",
            &options.away,
            abi::KBP_FIELD_AWAY,
            AWAY,
            &mut config.away,
        ),
    ] {
        if let Some(text) = text {
            *field = Given { option, text }.word(bit, words, text)?;
            set(bit);
        }
    }
    if let Some(text) = &options.idle {
        let idle = Given {
            option: "--idle",
            text,
        };
        let (word, spin) = idle.split("adaptive");
        config.idle_policy = idle.word(abi::KBP_FIELD_IDLE_POLICY, IDLE, word)?;
        set(abi::KBP_FIELD_IDLE_POLICY);
        if let Some(spin) = spin {
            config.spin_us = idle.unsigned(abi::KBP_FIELD_SPIN, spin)?;
            set(abi::KBP_FIELD_SPIN);
        }
    }
    if let Some(text) = &options.sched {
        let sched = Given {
            option: "--sched",
            text,
        };
        let (word, nice) = sched.split("other");
        config.sched_policy = sched.word(abi::KBP_FIELD_SCHED_POLICY, SCHED, word)?;
        // Without a value 0: a nice value of an earlier `other` must not come back.
        config.nice = match nice {
            Some(nice) => sched.number(abi::KBP_FIELD_NICE, nice)?,
            None => 0,
        };
        set(abi::KBP_FIELD_SCHED_POLICY | abi::KBP_FIELD_NICE);
    }
    for (option, text, bit, field, (word, without)) in [
        (
            "--max-exit-latency",
            &options.max_exit_latency,
            abi::KBP_FIELD_EXIT_LATENCY,
            &mut config.exit_latency_us,
            ("none", abi::KBP_EXIT_LATENCY_NONE),
        ),
        (
            "--retry",
            &options.retry,
            abi::KBP_FIELD_RETRY,
            &mut config.retry_ms,
            ("never", abi::KBP_RETRY_NEVER),
        ),
    ] {
        if let Some(text) = text {
            *field = match text.as_str() {
                text if text == word => without,
                text => Given { option, text }.unsigned(bit, text)?,
            };
            set(bit);
        }
    }
    for (option, text, bit, field) in [
        (
            "--window",
            &options.window,
            abi::KBP_FIELD_WINDOW,
            &mut config.window_us,
        ),
        (
            "--spacing",
            &options.spacing,
            abi::KBP_FIELD_SPACING,
            &mut config.spacing_us,
        ),
        (
            "--rescue",
            &options.rescue,
            abi::KBP_FIELD_RESCUE,
            &mut config.rescue_ms,
        ),
    ] {
        if let Some(text) = text {
            *field = Given { option, text }.unsigned(bit, text)?;
            set(bit);
        }
    }
    if let Some(text) = &options.share {
        let share = Given {
            option: "--share",
            text,
        };
        let bit = abi::KBP_FIELD_SHARE;
        let Some(parts) = text.strip_prefix("1/") else {
            return Err(share.refuse(bit, format!("\"{text}\" is not one part of a whole")));
        };
        config.share_one_in = share.unsigned(bit, parts)?;
        set(bit);
    }
    Ok(settings)
}

impl<'a> Given<'a> {
    /// The word, and what follows it after a colon; only `word` may have something there.
    fn split(self, word: &str) -> (&'a str, Option<&'a str>) {
        match self.text.split_once(':') {
            Some((first, rest)) if first == word => (first, Some(rest)),
            _ => (self.text, None),
        }
    }

    fn word(self, bit: u32, words: &Words, text: &str) -> Result<u32> {
        let known = words.iter().find(|(word, _)| *word == text);
        known.map(|(_, number)| *number).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(
                bit,
                format!("\"{text}\" is neither {}", words.join(" nor ")),
            )
        })
    }

    /// For the fields whose range has no negative numbers.
    fn unsigned(self, bit: u32, text: &str) -> Result<u32> {
        self.number(bit, text).map(i32::unsigned_abs)
    }

    /// A number in the range of the field.
    fn number(self, bit: u32, text: &str) -> Result<i32> {
        let Some(Rule::Range { min, max, unit }) = by_bit(bit).map(|field| &field.rule) else {
            return Err(self.refuse(bit, "it takes no number".to_owned()));
        };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.refuse(bit, format!("\"{text}\" is not a whole number")));
        }
        match text.parse::<i32>() {
            Ok(number) if (*min..=*max).contains(&number) => Ok(number),
            _ => Err(self.refuse(bit, format!("{text}{unit} is outside {min} to {max}{unit}"))),
        }
    }

    fn refuse(self, bit: u32, cause: String) -> Error {
        let what = format!("cannot use {} {}", self.option, self.text);
        let cure = by_bit(bit).map_or_else(String::new, Field::cure);
        Error::new(Exit::Usage, what, cause, cure)
    }
}
