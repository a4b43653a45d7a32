// SPDX-License-Identifier: GPL-2.0
//! Module.symvers: what the kernel exports, and the extra lines that modpost needs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::{Error, SymbolList};

/// Names that a kernel, or another module, exports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symvers {
    names: BTreeSet<String>,
}

impl Symvers {
    /// Reads the text of a Module.symvers file. `file` is only used in errors.
    ///
    /// # Errors
    /// [`Error::Line`] for a line without the fields `crc`, `name`, `module`, `export type`.
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        let mut names = BTreeSet::new();
        for (index, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let valid = matches!(fields.len(), 4 | 5)
                && fields[0].starts_with("0x")
                && !fields[1].is_empty();
            if !valid {
                return Err(Error::Line {
                    file: file.to_owned(),
                    line: index + 1,
                    reason: "not 'crc<TAB>name<TAB>module<TAB>export type[<TAB>namespace]': \
                             give a Module.symvers file"
                        .to_owned(),
                });
            }
            names.insert(fields[1].to_owned());
        }
        Ok(Self { names })
    }

    /// True when `name` is exported.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Adds the names of another file.
    pub fn merge(&mut self, other: Symvers) {
        self.names.extend(other.names);
    }
}

/// The text of the extra symvers file for modpost: every listed name the kernel does not export.
///
/// A name the kernel exports must stay out ("exported twice"). The last of the five fields, the
/// namespace, is empty, and modpost insists on the TAB before it.
pub fn symvers(list: &SymbolList, exported: &Symvers) -> String {
    list.iter()
        .filter(|(name, _)| !exported.contains(name))
        .fold(String::new(), |mut text, (name, _)| {
            let _ = writeln!(text, "0x00000000\t{name}\tvmlinux\tEXPORT_SYMBOL_GPL\t");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exported_name_is_left_out_and_every_line_has_five_fields() {
        let list = SymbolList::parse("b\na 2 data\nc\n", "l").unwrap();
        let mut kernel = Symvers::parse("0x0\tb\tvmlinux\tEXPORT_SYMBOL\t\n", "k").unwrap();
        kernel.merge(Symvers::parse("0x0\tz\tdrivers/z\tEXPORT_SYMBOL_GPL\tNS\n", "z").unwrap());
        assert!(kernel.contains("z"));
        let text = symvers(&list, &kernel);
        assert_eq!(
            text,
            "0x00000000\ta\tvmlinux\tEXPORT_SYMBOL_GPL\t\n\
             0x00000000\tc\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
        );
        assert!(Symvers::parse(&text, "back").unwrap().contains("a"));
    }

    #[test]
    fn a_file_of_another_kind_is_refused_with_its_line() {
        let error = Symvers::parse("0x0\tb\tvmlinux\tEXPORT_SYMBOL\t\nhello\n", "k").unwrap_err();
        assert!(
            error.to_string().starts_with("k:2: not 'crc<TAB>name"),
            "{error}"
        );
    }
}
