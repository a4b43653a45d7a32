// SPDX-License-Identifier: GPL-2.0
//! The configuration a kernel was built with (`/boot/config-RELEASE`).

use std::collections::BTreeSet;
use std::io::Read;

use crate::error::{Error, Result};
use crate::image::unpacked;

/// The text of a configuration, which may be packed as /proc/config.gz is.
///
/// # Errors
/// When it does not unpack, or names no option.
pub fn config_text(file: &[u8]) -> Result<String> {
    /// Some fifty times the configuration of a distribution.
    const MAX: u64 = 16 << 20;
    let mut bytes = Vec::new();
    match unpacked(file, file)? {
        Some(packed) => packed.take(MAX).read_to_end(&mut bytes)?,
        None => file.take(MAX).read_to_end(&mut bytes)?,
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match Config::read(&text).is_empty() {
        true => Err(Error::NoOptions),
        false => Ok(text),
    }
}

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
            .filter_map(|line| line.trim().strip_suffix("=y"))
            .filter(|name| name.starts_with("CONFIG_"));
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_configuration_may_be_packed() {
        const TEXT: &str = "# Linux\nCONFIG_SMP=y\n";
        assert_eq!(config_text(TEXT.as_bytes()).as_deref(), Ok(TEXT));
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(TEXT.as_bytes()).expect("memory takes it");
        let packed = packed.finish().expect("memory takes it");
        assert_eq!(config_text(&packed).as_deref(), Ok(TEXT));
        assert!(matches!(config_text(&packed[..20]), Err(Error::Damaged(_))));
        for none in ["", "SMP=y\n", "# CONFIG_SMP is not set\n"] {
            assert_eq!(config_text(none.as_bytes()), Err(Error::NoOptions));
        }
    }
}
