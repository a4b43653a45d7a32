// SPDX-License-Identifier: GPL-2.0
//! What the other commands say, in both forms.

use clap::Parser;

use super::part::Parts;
use crate::cli::Cli;
use crate::cmd;
use crate::host::wait::Context;
use crate::output::{self, Form};

/// The name of each, and its command line.
const COMMANDS: [(&str, &str); 7] = [
    ("status", "kbpctl status --napis"),
    ("doctor", "kbpctl doctor"),
    ("irq-show", "kbpctl irq show --all"),
    ("config-show", "kbpctl config show --origin"),
    ("config-check", "kbpctl config check"),
    ("top", "kbpctl top --once"),
    ("verify", "kbpctl verify"),
];

/// Adds what they answer. What one cannot say is no reason to keep back the others.
pub(super) fn add(parts: &mut Parts, context: &Context<'_>) {
    for (name, line) in COMMANDS {
        // They are written above.
        let Ok(cli) = Cli::try_parse_from(line.split(' ')) else {
            continue;
        };
        match cmd::run(&cli.command, context) {
            Ok(answer) => {
                let source = format!("{line} (exit code {})", answer.exit as u8);
                let document = output::document(&answer.json, Form::Pretty);
                parts.add(format!("kbpctl/{name}.txt"), &source, answer.text + "\n");
                parts.add(format!("kbpctl/{name}.json"), &source, document + "\n");
            }
            Err(error) => parts.lack(line, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_that_kbpctl_takes() {
        for (_, line) in COMMANDS {
            let cli = Cli::try_parse_from(line.split(' ')).expect(line);
            assert!(!cli.command.dry_run());
        }
    }
}
