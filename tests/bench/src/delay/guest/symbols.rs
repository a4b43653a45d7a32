// SPDX-License-Identifier: GPL-2.0
//! Where the kernel's functions are.

use std::fs;
use std::path::Path;

use crate::delay::event::{Found, Symbol};
use crate::guest::emit;
use crate::{Error, Result};

/// So many of the kernel go into one line of output.
const LINE: usize = 500;

/// Tells them all: the kernel's own, or those of modules, which come and go.
pub(super) fn tell(of_modules: bool) -> Result<()> {
    let path = Path::new("/proc/kallsyms");
    let text = fs::read_to_string(path).map_err(Error::at("read", path))?;
    let symbols: Vec<Symbol> = text
        .lines()
        .filter(|line| line.contains('[') == of_modules)
        .filter_map(function)
        .collect();
    let line = if of_modules { symbols.len() } else { LINE };
    symbols.chunks(line.max(1)).try_for_each(|symbols| {
        emit(&Found::Symbols {
            of_modules,
            symbols: symbols.to_vec(),
        })
    })
}

/// `ffffffff81000000 T name [module]`; the padding before a function is none.
fn function(line: &str) -> Option<Symbol> {
    let mut words = line.split_whitespace();
    let (address, kind, name) = (words.next()?, words.next()?, words.next()?);
    if !"tTwW".contains(kind) || name.starts_with("__pfx_") {
        return None;
    }
    let name = words
        .next()
        .map_or_else(|| name.to_owned(), |module| format!("{name} {module}"));
    Some((u64::from_str_radix(address, 16).ok()?, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_what_is_none() {
        let of = |line| function(line).map(|(address, name)| format!("{address:x} {name}"));
        let name = of("ffffffffc0001000 t kbp_tn_poll\t[kbp_testnic]");
        assert_eq!(
            name.as_deref(),
            Some("ffffffffc0001000 kbp_tn_poll [kbp_testnic]")
        );
        assert!(of("ffffffff81000000 T _text").is_some());
        assert_eq!(of("ffffffff81000000 D jiffies"), None);
        assert_eq!(of("ffffffff81000000 t __pfx_foo"), None);
    }
}
