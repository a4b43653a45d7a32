// SPDX-License-Identifier: GPL-2.0
//! Follows a guest that prints one JSON document a line, from its boot to its last line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kbp_vm::{Sink, Verdict, Vm, VmConfig};
use serde::de::DeserializeOwned;

use super::progress::Progress;
use crate::line::{Line, Step};
use crate::{Error, Result};

/// What has come that is no document.
#[derive(Debug, Default)]
struct State {
    /// A line whose end has not come.
    rest: Vec<u8>,
    /// The last line that was no document: an error message.
    complaint: Option<String>,
    done: bool,
}

/// Boots the guest and hands every document to `take`. `drive` does what the guest waits for
/// meanwhile. An error unless the guest has said that it is done and has ended well.
pub(crate) fn guest<T: DeserializeOwned>(
    config: VmConfig,
    progress: &Progress,
    stop: &Arc<AtomicBool>,
    take: impl FnMut(Line<T>) + Send + 'static,
    drive: impl FnOnce(&mut Vm) -> Result<()>,
) -> Result<()> {
    let state = Arc::new(Mutex::new(State::default()));
    let mut vm = Vm::boot(config.interrupt(stop.clone()))?;
    vm.on_output(sink(state.clone(), progress.clone(), take));
    let driven = drive(&mut vm);
    let ended = match driven {
        Ok(()) => vm.wait()?.verdict,
        // The guest's own words say more than that it ended too early.
        Err(error) => {
            drop(vm);
            return Err(match stop.load(Ordering::Relaxed) {
                true => Error::Interrupted,
                false => complaint(&state).map_or(error, Error::Other),
            });
        }
    };
    if ended != Verdict::Exit(0) && stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    judge(ended, complaint(&state))?;
    let done = state.lock().unwrap_or_else(PoisonError::into_inner).done;
    match done {
        true => Ok(()),
        false => Err(Error::Other(
            "the guest ended before it had measured everything".into(),
        )),
    }
}

fn complaint(state: &Mutex<State>) -> Option<String> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let said = state.complaint.take()?;
    Some(format!("in the guest: {said}"))
}

fn sink<T: DeserializeOwned>(
    state: Arc<Mutex<State>>,
    progress: Progress,
    mut take: impl FnMut(Line<T>) + Send + 'static,
) -> Sink {
    Box::new(move |bytes| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.rest.extend_from_slice(bytes);
        while let Some(end) = state.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = state.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if line.is_empty() {
                continue;
            }
            match serde_json::from_str::<Line<T>>(&line) {
                Ok(document) => {
                    state.done |= matches!(document, Line::Step(Step::Done));
                    take(document);
                }
                Err(_) => {
                    progress.line(&format!("guest: {line}"));
                    state.complaint = Some(line);
                }
            }
        }
    })
}

/// An error unless the guest has ended well: what is wrong with the guest, which says more, or its
/// last `complaint`, or its exit code.
fn judge(verdict: Verdict, complaint: Option<String>) -> Result<()> {
    match verdict {
        Verdict::Exit(0) => Ok(()),
        Verdict::Interrupted => Err(Error::Interrupted),
        other => {
            let why = other.explain().or(complaint);
            let code = other.code();
            Err(Error::Other(why.unwrap_or_else(|| {
                format!("the measurement ended with code {code} in the guest")
            })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_pieces_and_lines_that_are_no_documents() {
        let state = Arc::new(Mutex::new(State::default()));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let taken = seen.clone();
        let mut sink = sink(state.clone(), Progress::start(), move |line: Line<u32>| {
            taken.lock().unwrap().push(line);
        });
        for piece in [
            "1",
            "2\r\n3\n\ncannot",
            " x\n4\n{\"event\"",
            ":\"done\"}\n5",
        ] {
            sink(piece.as_bytes());
        }
        let [twelve, three, four] = [12, 3, 4].map(Line::Found);
        let all = [twelve, three, four, Line::Step(Step::Done)];
        assert_eq!(*seen.lock().unwrap(), all);
        assert!(state.lock().unwrap().done);
        assert_eq!(complaint(&state).as_deref(), Some("in the guest: cannot x"));
    }

    #[test]
    fn the_most_telling_reason_is_told() {
        let judge = |verdict, complaint: Option<&str>| {
            let judged = judge(verdict, complaint.map(str::to_owned));
            judged.map_or_else(|error| error.to_string(), |()| "good".into())
        };
        assert_eq!(judge(Verdict::Exit(0), Some("x")), "good");
        assert_eq!(judge(Verdict::Exit(3), Some("x")), "x");
        assert!(judge(Verdict::Exit(3), None).contains("code 3"));
        assert_eq!(judge(Verdict::Interrupted, Some("x")), "interrupted");
        let crash = judge(Verdict::Crash(vec!["BUG: y".into()]), Some("x"));
        assert!(crash.contains("BUG: y"), "{crash}");
    }
}
