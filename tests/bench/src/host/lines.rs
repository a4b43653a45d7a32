// SPDX-License-Identifier: GPL-2.0
//! Follows a guest that prints one JSON document a line, from its boot to its last line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kbp_vm::{Sink, Verdict, Vm, VmConfig};
use serde::de::DeserializeOwned;

use super::progress::Progress;
use super::split::Split;
use super::verdict;
use crate::{Error, Result};

/// What has come.
#[derive(Debug)]
struct State<T> {
    split: Split,
    events: Vec<T>,
    /// The last line that was no event: an error message.
    complaint: Option<String>,
}

/// Boots the guest and returns what it printed, in order, once it has ended well. `seen` is called
/// for each document as it comes.
pub(crate) fn follow<T: DeserializeOwned + Send + 'static>(
    config: VmConfig,
    progress: &Progress,
    stop: &Arc<AtomicBool>,
    seen: impl Fn(&T) + Send + 'static,
) -> Result<Vec<T>> {
    let state = Arc::new(Mutex::new(State {
        split: Split::default(),
        events: Vec::new(),
        complaint: None,
    }));
    let mut vm = Vm::boot(config.interrupt(stop.clone()))?;
    vm.on_output(sink(state.clone(), progress.clone(), seen));
    let verdict = vm.wait()?.verdict;
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    if verdict != Verdict::Exit(0) && stop.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    let said = state.complaint.take();
    let said = said.map(|text| format!("in the guest: {text}"));
    verdict::judge(verdict, said, "the measurement")?;
    Ok(std::mem::take(&mut state.events))
}

fn sink<T: DeserializeOwned + Send + 'static>(
    state: Arc<Mutex<State<T>>>,
    progress: Progress,
    seen: impl Fn(&T) + Send + 'static,
) -> Sink {
    Box::new(move |bytes| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        for line in state.split.feed(bytes) {
            match serde_json::from_str::<T>(&line) {
                Ok(event) => {
                    seen(&event);
                    state.events.push(event);
                }
                Err(_) => {
                    progress.line(&format!("guest: {line}"));
                    state.complaint = Some(line);
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_pieces_and_lines_that_are_no_events() {
        let state = Arc::new(Mutex::new(State {
            split: Split::default(),
            events: Vec::<u32>::new(),
            complaint: None,
        }));
        let mut sink = sink(state.clone(), Progress::start(), |_| {});
        for piece in ["1", "2\r\n3\n\ncannot", " x\n4"] {
            sink(piece.as_bytes());
        }
        let state = state.lock().unwrap();
        assert_eq!(state.events, [12, 3]);
        assert_eq!(state.complaint.as_deref(), Some("cannot x"));
    }
}
