// SPDX-License-Identifier: GPL-2.0
//! Who owns a name.

use std::collections::BTreeMap;

use crate::source::Source;
use crate::Module;

/// The names of one crate.
pub(crate) struct Names<'a> {
    name: String,
    modules: &'a BTreeMap<Module, Source>,
}

impl<'a> Names<'a> {
    /// Those of the crate called `name`.
    pub(crate) fn new(name: &str, modules: &'a BTreeMap<Module, Source>) -> Self {
        Self {
            name: name.replace('-', "_"),
            modules,
        }
    }

    /// The file that owns what `path` names in `module`; `None` when it is another crate's.
    pub(crate) fn owner(&self, module: &Module, path: &[String]) -> Option<Module> {
        self.find(module, path, &mut Vec::new())
    }

    fn find(
        &self,
        module: &Module,
        path: &[String],
        seen: &mut Vec<(Module, String)>,
    ) -> Option<Module> {
        let (mut at, mut rest) = self.start(module, path, seen)?;
        while let Some((step, behind)) = rest.split_first() {
            let inner = [&at[..], std::slice::from_ref(step)].concat();
            if self.modules.contains_key(&inner) {
                (at, rest) = (inner, behind);
                continue;
            }
            return Some(self.passed_on(&at, step, behind, seen).unwrap_or(at));
        }
        Some(at)
    }

    /// The module a path begins in, and what of it is left.
    fn start<'p>(
        &self,
        module: &Module,
        path: &'p [String],
        seen: &mut Vec<(Module, String)>,
    ) -> Option<(Module, &'p [String])> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Vec::new(), rest)),
            "self" => Some((module.clone(), rest)),
            "super" => {
                let mut at = module.clone();
                let mut rest = path;
                while rest.first().is_some_and(|step| step == "super") {
                    at.pop();
                    rest = &rest[1..];
                }
                Some((at, rest))
            }
            name if name == self.name => Some((Vec::new(), rest)),
            _ => {
                let inner = [&module[..], std::slice::from_ref(first)].concat();
                if self.modules.contains_key(&inner) {
                    return Some((inner, rest));
                }
                // A path through a module that was imported; a bare name was counted at its import.
                if rest.is_empty() {
                    return None;
                }
                let owner = self.passed_on(module, first, &[], seen)?;
                Some((owner, rest))
            }
        }
    }

    /// Who owns `name` of `module`, where that only imports it.
    fn passed_on(
        &self,
        module: &Module,
        name: &String,
        behind: &[String],
        seen: &mut Vec<(Module, String)>,
    ) -> Option<Module> {
        let here = (module.clone(), name.clone());
        if seen.contains(&here) {
            return None;
        }
        seen.push(here);
        let imports = &self.modules.get(module)?.imports;
        let (_, path) = imports.iter().find(|(as_name, _)| as_name == name)?;
        self.find(module, &[&path[..], behind].concat(), seen)
    }
}
