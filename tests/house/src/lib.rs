// SPDX-License-Identifier: GPL-2.0
//! Which file of a crate uses which: guideline `imports-show-layers` as a check.
//!
//! An arrow goes from a file to the file that owns what it uses: a name that a folder's `mod.rs`
//! only passes on counts for the file that defines it. What a folder's own file offers to the files
//! in that folder is no arrow: it is the room they share.

mod circles;
mod names;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use circles::circles;

/// A module's path in its crate; the root's is empty.
pub type Module = Vec<String>;

/// Who uses whom.
pub type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// The arrows of the crate called `name` whose root file is `root`.
///
/// # Errors
/// When a file cannot be read or is not Rust, with its name.
pub fn arrows(name: &str, root: &Path) -> Result<Arrows, String> {
    let modules = source::modules(root)?;
    let names = names::Names::new(name, &modules);
    Ok(modules
        .iter()
        .map(|(module, source)| {
            let used = source.paths.iter();
            let owners = used.filter_map(|path| names.owner(module, path));
            (
                module.clone(),
                owners.filter(|owner| !module.starts_with(owner)).collect(),
            )
        })
        .collect())
}
