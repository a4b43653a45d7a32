// SPDX-License-Identifier: GPL-2.0
//! The terminal: whether it can show a screen, how one is entered and left, and its keys.

use std::env;
use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::DefaultTerminal;

use super::screen::{Input, Key};
use crate::cmd::stop;
use crate::error::{Error, Exit, Result};

/// A signal is noticed after so long.
const PATIENCE: Duration = Duration::from_millis(100);

/// And then the program has so long to end.
const GRACE: Duration = Duration::from_secs(1);

/// Refuses a terminal that cannot show a screen.
pub(super) fn check() -> Result<()> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    refuse(is_terminal, env::var("TERM").ok().as_deref())
}

fn refuse(is_terminal: bool, kind: Option<&str>) -> Result<()> {
    let cause = match (is_terminal, kind) {
        (false, _) => "standard input and output are not both a terminal".to_owned(),
        (true, None | Some("")) => "TERM does not say which terminal it is".to_owned(),
        (true, Some("dumb")) => "TERM=dumb: this terminal can only print lines".to_owned(),
        (true, Some(_)) => return Ok(()),
    };
    Err(Error::new(
        Exit::Unsupported,
        "cannot show a live view",
        cause,
        "use kbpctl top --once for one interval as text, or kbpctl top --json for each of them",
    ))
}

/// The screen: dropped, it is the terminal of before, also after a panic. Signals that end a program
/// end it in good order.
pub(super) struct Screen {
    /// Dropped, it would say on standard error that it cannot show a cursor; where the terminal is gone,
    /// that is a panic.
    terminal: ManuallyDrop<DefaultTerminal>,
    keys: Keys,
}

/// Keys of the terminal.
pub(super) struct Keys {
    stop: Arc<AtomicBool>,
}

impl Screen {
    /// Another screen of the terminal, with single keys.
    pub(super) fn enter() -> Result<Screen> {
        let stop = stop::flag()?;
        end_in_time(stop.clone());
        let keys = Keys { stop };
        match ratatui::try_init() {
            Ok(terminal) => Ok(Screen {
                terminal: ManuallyDrop::new(terminal),
                keys,
            }),
            Err(error) => {
                leave();
                Err(Error::system("cannot use the terminal", &error))
            }
        }
    }

    pub(super) fn parts(&mut self) -> (&mut DefaultTerminal, &mut Keys) {
        (&mut self.terminal, &mut self.keys)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Before the other screen is left: a cursor belongs to a screen.
        let _ = self.terminal.show_cursor();
        leave();
    }
}

/// Ends the program where it does not do so itself: of a terminal that was hung up, crossterm reads an end
/// of file again and again.
fn end_in_time(stop: Arc<AtomicBool>) {
    thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(PATIENCE);
        }
        thread::sleep(GRACE);
        leave();
        process::exit(Exit::Ok as i32);
    });
}

/// A terminal that is gone needs nothing any more.
fn leave() {
    let _ = ratatui::try_restore();
}

impl Input for Keys {
    fn key(&mut self, wait: Duration) -> io::Result<Option<Key>> {
        let end = Instant::now() + wait;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(Some(Key::Quit));
            }
            let left = end.saturating_duration_since(Instant::now());
            if event::poll(left.min(PATIENCE))? {
                return event::read().map(|event| Some(meaning(&event)));
            }
            if left.is_zero() {
                return Ok(None);
            }
        }
    }

    fn wants_colours(&self) -> bool {
        // As on no-color.org: set to anything at all.
        env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }
}

fn meaning(event: &Event) -> Key {
    let Event::Key(KeyEvent {
        code,
        modifiers,
        kind: KeyEventKind::Press,
        ..
    }) = event
    else {
        return Key::Other;
    };
    let is_control = modifiers.contains(KeyModifiers::CONTROL);
    match code {
        // The terminal sends no signal for it now.
        KeyCode::Char('c') if is_control => Key::Quit,
        KeyCode::Char('q') => Key::Quit,
        KeyCode::Char('p') => Key::Pause,
        KeyCode::Char('s') => Key::Sort,
        KeyCode::Char('?') => Key::Help,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_of_lines_is_sent_to_once() {
        assert_eq!(refuse(true, Some("tmux-256color")), Ok(()));
        for (is_terminal, kind, words) in [
            (false, Some("xterm"), "not both a terminal"),
            (true, Some("dumb"), "TERM=dumb"),
            (true, Some(""), "TERM does not say"),
            (true, None, "TERM does not say"),
        ] {
            let error = refuse(is_terminal, kind).expect_err("it cannot");
            assert_eq!(error.exit, Exit::Unsupported);
            assert!(error.to_string().contains(words), "{error}");
            assert!(error.cure.contains("kbpctl top --once"), "{error}");
        }
    }

    #[test]
    fn keys_have_a_meaning() {
        let press = |code, modifiers| meaning(&Event::Key(KeyEvent::new(code, modifiers)));
        let plain = |letter| press(KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(
            ['q', 'p', 's', '?', 'x'].map(plain),
            [Key::Quit, Key::Pause, Key::Sort, Key::Help, Key::Other]
        );
        let control = |letter| press(KeyCode::Char(letter), KeyModifiers::CONTROL);
        assert_eq!(control('c'), Key::Quit);
        assert_eq!(meaning(&Event::Resize(1, 1)), Key::Other);
    }
}
