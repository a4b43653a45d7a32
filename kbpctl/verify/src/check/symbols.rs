// SPDX-License-Identifier: GPL-2.0
//! Does each symbol that is stood in for or relocated to exist once?

use klp_reloc::SymbolList;

use crate::btf::Btf;
use crate::code::source_name;
use crate::image::Image;
use crate::kallsyms::Symbols;
use crate::known::symbols::{HOOKED, RELOCATED, WITHOUT};
use crate::report::Check;

/// `image`: `None` where the names alone are known, as of a kernel that runs. `types`: `None` where they
/// are not known; then what only some kernels need is not asked for.
pub(crate) fn check(symbols: &Symbols, image: Option<&Image>, types: Option<&Btf>) -> Check {
    let kernel = Names {
        symbols,
        image,
        types,
    };
    let mut check = Check::new("symbols");
    for name in HOOKED {
        once(&kernel, &mut check, name, false);
    }
    for (file, text) in RELOCATED {
        match SymbolList::parse(text, file) {
            Ok(list) => {
                for (name, entry) in list.iter() {
                    relocated(&kernel, &mut check, name, entry);
                }
            }
            Err(error) => check.unknown(error.to_string()),
        }
    }
    check.reasons.sort();
    check.reasons.dedup();
    check
}

struct Names<'a> {
    symbols: &'a Symbols,
    image: Option<&'a Image>,
    types: Option<&'a Btf<'a>>,
}

fn relocated(kernel: &Names, check: &mut Check, name: &str, entry: klp_reloc::Entry) {
    if is_unused(kernel, name) {
        return;
    }
    match entry.sympos {
        0 => once(kernel, check, name, entry.data),
        position => {
            let count = kernel.symbols.named(name).count();
            if count < position as usize {
                check.not_safe(format!(
                    "{name}: number {position} is needed, {count} exist"
                ));
            }
        }
    }
}

/// Whether this kernel has what makes the symbol needless; not known without its types.
fn is_unused(kernel: &Names, name: &str) -> bool {
    let mut without = WITHOUT.iter().filter(|it| it.symbols.contains(&name));
    without.any(|it| {
        kernel.types.is_none_or(|types| {
            let owner = types.structure(it.owner);
            owner.is_some_and(|id| types.field(id, it.field).is_some())
        })
    })
}

fn once(kernel: &Names, check: &mut Check, name: &str, data: bool) {
    match kernel.symbols.named(name).count() {
        1 => {
            let symbol = kernel.symbols.unique(name);
            let is_code = symbol
                .zip(kernel.image)
                .map(|(symbol, image)| image.is_code(symbol.address));
            if is_code == Some(data) {
                check.not_safe(format!(
                    "{name} is {}",
                    if data { "code, not data" } else { "not code" }
                ));
            }
        }
        0 => check.not_safe(format!(
            "{name} does not exist{}",
            why_missing(kernel, name, data)
        )),
        count => check.not_safe(format!(
            "{name} exists {count} times: which one is meant cannot be told"
        )),
    }
}

fn why_missing(kernel: &Names, name: &str, data: bool) -> String {
    let clone = kernel.symbols.all().iter().find(|symbol| {
        symbol.name != name && source_name(&symbol.name) == name && !symbol.name.ends_with(".cold")
    });
    match clone {
        Some(clone) => format!(": the compiler made {} of it", clone.name),
        None if data => " among the symbols: is CONFIG_KALLSYMS_ALL on?".to_owned(),
        None => ": the compiler may have put it into its callers".to_owned(),
    }
}
