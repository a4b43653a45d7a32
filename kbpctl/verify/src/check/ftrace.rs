// SPDX-License-Identifier: GPL-2.0
//! Can the functions be stood in for: do they begin with a call that ftrace can turn, and does
//! ftrace know of it?

use iced_x86::{Code, Instruction};

use crate::bytes;
use crate::code::Function;
use crate::kernel::Kernel;
use crate::known::symbols::HOOKED;
use crate::report::Check;

pub(super) fn check(kernel: &Kernel) -> Check {
    let mut check = Check::new("ftrace");
    let table = call_sites(kernel);
    if table.is_none() {
        check.unknown("the table between __start_mcount_loc and __stop_mcount_loc is not readable");
    }
    for name in HOOKED {
        let symbol = kernel.symbols.unique(name);
        let function =
            symbol.and_then(|symbol| Function::read(kernel.image, &kernel.symbols, symbol.address));
        let Some(function) = function else {
            check.unknown(format!("{name}: its code was not found"));
            continue;
        };
        let Some(site) = entry(kernel, &function) else {
            check.not_safe(format!(
                "{name} does not begin with a call of __fentry__: it cannot be traced (notrace)"
            ));
            continue;
        };
        if table.as_ref().is_some_and(|table| !table.contains(&site)) {
            check.not_safe(format!(
                "{name} is not in ftrace's table (__mcount_loc): it cannot be patched"
            ));
        }
    }
    check
}

/// The address of the call, or of the no-op in its place, that the function begins with.
fn entry(kernel: &Kernel, function: &Function) -> Option<u64> {
    let mut code = function.code.iter();
    let first = code.next()?;
    let site = match first.code() {
        Code::Endbr64 => code.next()?,
        _ => first,
    };
    (is_nop(site) || calls_fentry(kernel, site)).then(|| site.ip())
}

fn is_nop(code: &Instruction) -> bool {
    matches!(
        code.code(),
        Code::Nop_rm32 | Code::Nop_rm16 | Code::Nop_rm64
    ) && code.len() == 5
}

fn calls_fentry(kernel: &Kernel, code: &Instruction) -> bool {
    let fentry = kernel.symbols.unique("__fentry__");
    code.code() == Code::Call_rel32_64
        && fentry.is_some_and(|fentry| code.near_branch_target() == fentry.address)
}

/// What ftrace knows of.
fn call_sites(kernel: &Kernel) -> Option<Vec<u64>> {
    let edge = |name: &str| Some(kernel.symbols.unique(name)?.address);
    let (start, stop) = (edge("__start_mcount_loc")?, edge("__stop_mcount_loc")?);
    let len = usize::try_from(stop.checked_sub(start)?).ok()?;
    let table = kernel.image.at(start, len)?;
    let sites: Vec<u64> = (0..len / 8)
        .filter_map(|index| bytes::u64(table, 8 * index))
        .collect();
    // Of a kernel that is relocated at boot the table may be empty in the file.
    sites
        .iter()
        .any(|site| kernel.image.is_code(*site))
        .then_some(sites)
}
