// SPDX-License-Identifier: GPL-2.0
//! Have the fields, enumerators and prototypes that are used the types they are used with?

use crate::kernel::Kernel;
use crate::known::types::{
    Field, ALTERNATIVES, ENUMERATORS, FIELDS, LOWEST_OWN_BIT, OPTIONAL, PROTOTYPES,
};
use crate::report::Check;

pub(super) fn check(kernel: &Kernel) -> Check {
    let mut check = Check::new("types");
    for field in &FIELDS {
        if let Err(reason) = fits(kernel, field) {
            check.not_safe(reason);
        }
    }
    for field in &OPTIONAL {
        if spelled(kernel, field).is_some() {
            if let Err(reason) = fits(kernel, field) {
                check.not_safe(reason);
            }
        }
    }
    for (what, alternatives) in ALTERNATIVES {
        alternative(kernel, &mut check, what, alternatives);
    }
    enumerators(kernel, &mut check);
    prototypes(kernel, &mut check);
    check
}

/// The type of a field as the kernel has it.
fn spelled(kernel: &Kernel, field: &Field) -> Option<String> {
    let owner = kernel.btf.structure(field.owner)?;
    let found = kernel.btf.field(owner, field.name)?;
    Some(kernel.btf.spell(found.ty))
}

fn fits(kernel: &Kernel, field: &Field) -> Result<(), String> {
    let Field { owner, name, types } = field;
    match spelled(kernel, field) {
        Some(found) if types.contains(&&*found) => Ok(()),
        Some(found) => Err(format!(
            "{owner}.{name} is of type '{found}', not '{}'",
            types.join("' or '")
        )),
        None if kernel.btf.structure(owner).is_none() => Err(format!("no struct {owner}")),
        None => Err(format!("struct {owner} has no field {name}")),
    }
}

fn alternative(kernel: &Kernel, check: &mut Check, what: &str, alternatives: &[&[Field]]) {
    let reasons = alternatives.iter().map(|fields| {
        let reasons = fields.iter().filter_map(|field| fits(kernel, field).err());
        reasons.collect::<Vec<String>>()
    });
    let reasons: Vec<Vec<String>> = reasons.collect();
    if !reasons.iter().any(Vec::is_empty) {
        let each = reasons.iter().map(|reasons| reasons.join(", "));
        check.not_safe(format!(
            "{what}: {}",
            each.collect::<Vec<_>>().join("; nor: ")
        ));
    }
}

fn enumerators(kernel: &Kernel, check: &mut Check) {
    for name in ENUMERATORS {
        match kernel.btf.enumerator(name) {
            None => check.not_safe(format!("there is no {name}")),
            Some(bit) if name.starts_with("NAPI_STATE_") && bit >= LOWEST_OWN_BIT => {
                check.not_safe(format!(
                    "{name} is {bit}: KBP uses the bits from {LOWEST_OWN_BIT} on itself"
                ));
            }
            Some(_) => {}
        }
    }
}

fn prototypes(kernel: &Kernel, check: &mut Check) {
    for (name, wanted) in PROTOTYPES {
        let found = kernel.btf.prototypes(name);
        match &found[..] {
            [one] if one == wanted => {}
            [] => check.unknown(format!("{name}: BTF has no prototype of it")),
            other => check.not_safe(format!(
                "{name} is '{}', not '{wanted}'",
                other.join("' and '")
            )),
        }
    }
}
