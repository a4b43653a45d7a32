// SPDX-License-Identifier: GPL-2.0
//! The list of kernel symbols a module may reach through livepatch relocations.

use std::collections::BTreeMap;

use crate::Error;

/// The loader reads a name into a buffer of `KSYM_NAME_LEN` (512) bytes.
const NAME_MAX: usize = 511;

/// How one kernel symbol is looked up and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which of several symbols of this name, in address order from 1; 0 means it must be the only one.
    pub sympos: u32,
    /// A variable: any relocation may refer to it. A function may only be called or jumped to.
    pub data: bool,
}

/// Kernel symbols by name.
///
/// One `name [sympos] [data]` a line; `#` starts a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SymbolList {
    entries: BTreeMap<String, Entry>,
}

impl SymbolList {
    /// Reads a list. `file` is only used in errors.
    ///
    /// # Errors
    /// [`Error::Line`] for a line that is not `name [sympos] [data]`, or that repeats a name.
    pub fn parse(text: &str, file: &str) -> Result<Self, Error> {
        let mut entries = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let bad = |reason: String| Error::Line {
                file: file.to_owned(),
                line: index + 1,
                reason,
            };
            let line = line.split('#').next().unwrap_or_default();
            let Some((name, entry)) = parse_line(line).map_err(bad)? else {
                continue;
            };
            if entries.insert(name.to_owned(), entry).is_some() {
                return Err(bad(format!("'{name}' is listed twice: keep one line")));
            }
        }
        Ok(Self { entries })
    }

    /// The entry of `name`, when it is listed.
    pub fn get(&self, name: &str) -> Option<Entry> {
        self.entries.get(name).copied()
    }

    /// All names with their entries, in name order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.entries
            .iter()
            .map(|(name, entry)| (name.as_str(), *entry))
    }
}

fn parse_line(line: &str) -> Result<Option<(&str, Entry)>, String> {
    let mut words = line.split_whitespace().peekable();
    let Some(name) = words.next() else {
        return Ok(None);
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
    if !name.chars().all(fits) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!(
            "'{name}' is not a symbol name: use letters, digits, '_', '.' and '$'"
        ));
    }
    if name.len() > NAME_MAX {
        return Err(format!(
            "a name of {} characters: the kernel reads at most {NAME_MAX}",
            name.len()
        ));
    }
    let mut entry = Entry {
        sympos: 0,
        data: false,
    };
    if let Some(word) = words.next_if(|word| *word != "data") {
        // Digits only: u32::from_str would also take a sign.
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        entry.sympos = word.parse().ok().filter(|_| digits).ok_or_else(|| {
            format!("'{word}' is not a position: write 'name [sympos] [data]', sympos from 0")
        })?;
    }
    entry.data = words.next().map_or(Ok(false), |word| match word {
        "data" => Ok(true),
        _ => Err(format!(
            "'{word}' is not 'data': write 'name [sympos] [data]'"
        )),
    })?;
    match words.next() {
        Some(word) => Err(format!(
            "'{word}' is one word too many: write 'name [sympos] [data]'"
        )),
        None => Ok(Some((name, entry))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        SymbolList::parse(text, "klp.syms").unwrap_err().to_string()
    }

    #[test]
    fn a_line_is_a_name_with_an_optional_position_and_data() {
        let text = "# comment\n\na\nb 3 # third\n c data\nd 2 data\n";
        let list = SymbolList::parse(text, "klp.syms").unwrap();
        let entry = |sympos, data| Entry { sympos, data };
        let want = [
            ("a", entry(0, false)),
            ("b", entry(3, false)),
            ("c", entry(0, true)),
            ("d", entry(2, true)),
        ];
        assert_eq!(list.iter().collect::<Vec<_>>(), want);
        assert_eq!(list.get("e"), None);
    }

    #[test]
    fn an_error_carries_file_and_line() {
        assert!(reason("a\nb x").starts_with("klp.syms:2: 'x' is not a position"));
        assert!(reason("a\na 1").starts_with("klp.syms:2: 'a' is listed twice"));
        assert!(reason("a,0").starts_with("klp.syms:1: 'a,0' is not a symbol name"));
        assert!(reason("a 1 date").starts_with("klp.syms:1: 'date' is not 'data'"));
        assert!(reason("a data 1").starts_with("klp.syms:1: '1' is one word too many"));
        assert!(reason("a +1").starts_with("klp.syms:1: '+1' is not a position"));
        assert!(reason("a 99999999999").starts_with("klp.syms:1: '99999999999' is not a position"));
        assert!(reason(&"a".repeat(600)).starts_with("klp.syms:1: a name of 600 characters"));
    }
}
