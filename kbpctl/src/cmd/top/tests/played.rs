// SPDX-License-Identifier: GPL-2.0
//! Keys, and what they do.

use std::collections::VecDeque;

use super::super::screen::{self, Input, Key};
use super::*;
use crate::error::{Exit, Result};

/// Keys, one after the other; `None`: nobody types until the time is over. Then something may happen.
struct Script<'a> {
    fake: &'a Fake,
    keys: VecDeque<Option<Key>>,
    happens: fn(&Fake),
}

impl Input for Script<'_> {
    fn key(&mut self, wait: Duration) -> io::Result<Option<Key>> {
        match self.keys.pop_front() {
            Some(None) => {
                self.fake.sleep(wait);
                (self.happens)(self.fake);
                Ok(None)
            }
            Some(key) => Ok(key),
            None => Ok(Some(Key::Quit)),
        }
    }

    fn wants_colours(&self) -> bool {
        true
    }
}

/// What is on the screen in the end.
fn played(fake: &Fake, keys: &[Option<Key>], happens: fn(&Fake)) -> Result<String> {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a terminal");
    let mut watch = Watch::begin(&arguments(""), fake).expect("a look");
    let mut script = Script {
        fake,
        keys: keys.iter().copied().collect(),
        happens,
    };
    screen::run(&mut terminal, &mut script, &mut watch, SECOND)?;
    Ok(terminal.backend().to_string())
}

#[test]
fn keys_do_what_the_help_says() {
    let none = |_: &Fake| {};
    let screen = |keys: &[Option<Key>]| played(&machine(), keys, none).expect("a screen");
    assert!(screen(&[]).contains("counting"));
    assert!(screen(&[None]).contains("3 cores enabled, hooks live"));
    assert!(screen(&[None, Some(Key::Sort)]).contains("by pkt/s"));
    assert!(screen(&[Some(Key::Other), Some(Key::Help)]).contains("q quit"));
    assert!(!screen(&[Some(Key::Help), Some(Key::Help)]).contains("q quit"));
    // Nothing is counted while it is paused, and then an interval begins anew.
    let paused = screen(&[Some(Key::Pause), None, None, None]);
    assert!(
        paused.contains("counting") && paused.contains("PAUSED"),
        "{paused}"
    );
    let pause = Some(Key::Pause);
    assert!(screen(&[pause, None, None, pause]).contains("counting"));
    assert!(screen(&[pause, None, None, pause, None]).contains("hooks live"));
}

#[test]
fn a_core_that_was_rescued_before_is_an_event() {
    let fake = machine();
    trouble(&fake);
    let screen = played(&fake, &[None], |_| {}).expect("a screen");
    assert!(
        screen.contains("1s core 3 rescued: rt-hog (pid 4711) had the core"),
        "{screen}"
    );
}

#[test]
fn a_module_that_goes_ends_the_screen() {
    let error = played(&machine(), &[None], |fake| {
        fake.0.borrow_mut().modules.clear();
    });
    let error = error.expect_err("nothing to watch");
    assert_eq!(error.exit, Exit::NotActive);
    assert_eq!(
        error.to_string(),
        "there is nothing to watch: KBP is not loaded; run kbpctl load"
    );
}
