// SPDX-License-Identifier: GPL-2.0
//! A process of its own. While it waits, others may act: see [`super::Machine::meanwhile`].

use std::cell::RefCell;
use std::path::PathBuf;

use super::Fake;
use crate::sys::Apart;

pub(crate) const PID: u32 = 4711;
/// When it began, in ticks since the boot.
pub(crate) const STARTED: u64 = 900;

/// The line of a process in /proc/PID/stat.
pub(crate) fn stat(pid: u32, started: u64) -> String {
    let zeros = |count: usize| " 0".repeat(count);
    format!(
        "{pid} (kbpctl) S 1{}{} {started}{}\n",
        zeros(15),
        zeros(2),
        zeros(30)
    )
}

struct Alone<'a> {
    fake: &'a Fake,
    words: RefCell<Vec<u8>>,
}

impl Apart for Alone<'_> {
    fn answer(&self, words: &[u8]) {
        self.words.replace(words.to_owned());
        let meanwhile = self.fake.0.borrow_mut().meanwhile.take();
        if let Some(meanwhile) = meanwhile {
            meanwhile(self.fake);
        }
    }

    fn is_to_end(&self) -> bool {
        self.fake.0.borrow().asked_to_end
    }
}

pub(super) fn run(fake: &Fake, act: &mut dyn FnMut(&dyn Apart)) -> Vec<u8> {
    let of_it = format!("/proc/{PID}/stat");
    for file in ["/proc/self/stat", &of_it] {
        let mut machine = fake.0.borrow_mut();
        machine
            .files
            .insert(PathBuf::from(file), stat(PID, STARTED));
    }
    let alone = Alone {
        fake,
        words: RefCell::default(),
    };
    act(&alone);
    fake.0.borrow_mut().files.remove(&PathBuf::from(of_it));
    alone.words.into_inner()
}
