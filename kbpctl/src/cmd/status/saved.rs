// SPDX-License-Identifier: GPL-2.0
//! What is saved, against what is served.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cores::list;
use crate::cores::saved;
use crate::sys::System;

/// Lists as the kernel writes them.
#[derive(Serialize, JsonSchema)]
pub(super) struct Saved {
    pub(super) cores: String,
    pub(super) not_served: String,
    pub(super) served_otherwise: String,
    pub(super) served_and_not_saved: String,
    /// A set names cores or an interface that this machine does not have now.
    pub(super) unknown: bool,
}

/// Why the files cannot be read.
#[derive(Serialize, JsonSchema)]
pub(super) struct Fault {
    pub(super) error: String,
    pub(super) cause: String,
}

/// `None` where nothing is saved, or this caller cannot compare.
pub(super) fn look(sys: &dyn System) -> (Option<Saved>, Option<Fault>) {
    let saved = match saved::read(sys) {
        Ok(saved) if saved.sets.is_empty() => return (None, None),
        Ok(saved) => saved,
        Err(error) => {
            let (error, cause) = (error.error, error.cause);
            return (None, Some(Fault { error, cause }));
        }
    };
    let difference = saved.difference(sys).ok();
    let saved = difference.map(|difference| Saved {
        cores: list::print(&difference.saved),
        not_served: list::print(&difference.missing),
        served_otherwise: list::print(&difference.otherwise),
        served_and_not_saved: list::print(&difference.more),
        unknown: difference.unknown,
    });
    (saved, None)
}

impl Saved {
    /// In words.
    pub(super) fn phrase(&self) -> String {
        let named = |list: &str, what: &str| match list.is_empty() {
            true => None,
            false => Some(format!("{what} {list}")),
        };
        let differences: Vec<String> = [
            named(&self.not_served, "not served:"),
            named(&self.served_otherwise, "served in another way:"),
            self.unknown
                .then(|| "a set names what is not here".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut phrase = format!("cores {}", self.cores);
        if self.cores.is_empty() {
            "no core of this machine".clone_into(&mut phrase);
        }
        match differences.is_empty() {
            true => phrase += ", and so they are served",
            false => phrase += &format!("; {}; see kbpctl reapply", differences.join("; ")),
        }
        if let Some(more) = named(&self.served_and_not_saved, "; not saved:") {
            phrase += &more;
        }
        phrase
    }
}
