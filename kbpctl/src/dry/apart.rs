// SPDX-License-Identifier: GPL-2.0
//! What would be done in a process of its own, done here.

use std::cell::RefCell;

use crate::sys::Apart;

/// Keeps what it is to say.
#[derive(Default)]
pub(super) struct Here(RefCell<Vec<u8>>);

impl Here {
    pub(super) fn words(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

impl Apart for Here {
    fn answer(&self, words: &[u8]) {
        self.0.replace(words.to_owned());
    }

    fn is_to_end(&self) -> bool {
        true
    }
}
