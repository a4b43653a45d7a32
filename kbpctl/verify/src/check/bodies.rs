// SPDX-License-Identifier: GPL-2.0
//! Do the functions that are stood in for still do what the hooks were written after?

use std::collections::BTreeSet;

use crate::code::{source_name, Argument, Facts, Function};
use crate::kernel::Kernel;
use crate::known::bodies::{Body, BODIES};
use crate::known::symbols::HOOKED;
use crate::report::Check;

pub(super) fn check(kernel: &Kernel) -> Check {
    let mut check = Check::new("bodies");
    for name in HOOKED {
        match facts(kernel, name) {
            Some(facts) => compare(&mut check, name, &facts),
            None => check.unknown(format!("{name}: its code was not found")),
        }
    }
    check
}

/// The facts of a function and of its parts.
fn facts(kernel: &Kernel, name: &str) -> Option<BTreeSet<String>> {
    let napi = kernel.btf.structure("napi_struct");
    let argument = match name {
        "__raise_softirq_irqoff" => None,
        // It is given the timer within.
        "napi_watchdog" => napi.and_then(|ty| {
            let at = i64::from(kernel.btf.field(ty, "timer")?.bit / 8);
            Some(Argument { ty, at })
        }),
        _ => napi.map(|ty| Argument { ty, at: 0 }),
    };
    let whole = kernel.symbols.unique(name)?;
    let symbols = kernel.symbols.all().iter();
    let parts = symbols.filter(|symbol| symbol.name != name && source_name(&symbol.name) == name);
    let namer = Facts::new(&kernel.symbols, &kernel.btf, &kernel.branches);
    let mut facts = BTreeSet::new();
    for symbol in std::iter::once(whole).chain(parts) {
        let function = Function::read(kernel.image, &kernel.symbols, symbol.address)?;
        facts.append(&mut namer.of(&function, argument));
    }
    Some(facts)
}

fn compare(check: &mut Check, name: &str, facts: &BTreeSet<String>) {
    let known = BODIES.iter().filter(|body| body.name == name);
    let nearest = known.min_by_key(|body| difference(body, facts).len());
    match nearest.map(|body| (body, difference(body, facts))) {
        Some((body, difference)) if difference.is_empty() => {
            check.note(format!("{name} is as in {}", body.source));
        }
        Some((body, difference)) => check.unknown(format!(
            "{name} is not as in {}: {}",
            body.source,
            difference.join("; ")
        )),
        None => check.unknown(format!("{name}: no version of it is known; {facts:?}")),
    }
}

/// What is more and what is less, in words.
fn difference(body: &Body, facts: &BTreeSet<String>) -> Vec<String> {
    let known: BTreeSet<&str> = body.facts.iter().copied().collect();
    let facts: BTreeSet<&str> = facts.iter().map(String::as_str).collect();
    let more = facts.difference(&known).map(|fact| format!("new: {fact}"));
    let less = known
        .difference(&facts)
        .map(|fact| format!("missing: {fact}"));
    more.chain(less).collect()
}
