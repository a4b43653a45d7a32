// SPDX-License-Identifier: GPL-2.0
//! The configuration a kernel was built with (`/boot/config-RELEASE`).

use std::collections::BTreeSet;

/// The options that are on.
#[derive(Debug, Default)]
pub struct Config {
    on: BTreeSet<String>,
}

impl Config {
    /// Reads lines like `CONFIG_SMP=y`.
    pub fn read(text: &str) -> Config {
        let lines = text
            .lines()
            .filter_map(|line| line.trim().strip_suffix("=y"));
        Config {
            on: lines.map(str::to_owned).collect(),
        }
    }

    /// Whether there is any option at all: an empty file says nothing.
    pub fn is_empty(&self) -> bool {
        self.on.is_empty()
    }

    /// Whether `CONFIG_` and `name` is built in.
    pub fn has(&self, name: &str) -> bool {
        self.on.contains(&format!("CONFIG_{name}"))
    }
}
