// SPDX-License-Identifier: GPL-2.0
//! One cable with its responder, which steps aside for whoever holds the cable.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::end::Cable;
use super::responder::answer;
use crate::error::{Error, Result};

/// How long the responder listens before it looks whether it should rest or end.
const LISTEN: Duration = Duration::from_millis(20);

/// A cable that somebody always answers on.
#[derive(Debug)]
pub struct Port {
    n: usize,
    cable: Arc<dyn Cable>,
    shared: Arc<Shared>,
    responder: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    end: AtomicBool,
    /// How many want to hold the cable, or do.
    holders: AtomicUsize,
    /// Held by whoever receives from the cable.
    turn: Mutex<()>,
}

/// A cable for the holder alone. The responder goes on when this is dropped.
#[derive(Debug)]
pub struct Held<'a> {
    port: &'a Port,
    _turn: MutexGuard<'a, ()>,
}

impl Port {
    /// Wraps the cable of `eth<n>`; with `respond`, a thread answers on it.
    pub(crate) fn new(n: usize, cable: Arc<dyn Cable>, respond: bool) -> Result<Port> {
        let shared = Arc::new(Shared::default());
        let (of_thread, its_cable) = (shared.clone(), cable.clone());
        let start = || {
            let builder = thread::Builder::new().name(format!("kbp-vm-eth{n}"));
            builder.spawn(move || run(n, &*its_cable, &of_thread))
        };
        let responder = respond
            .then(start)
            .transpose()
            .map_err(Error::doing("cannot start a thread"))?;
        Ok(Port {
            n,
            cable,
            shared,
            responder,
        })
    }

    /// Takes the cable from the responder.
    pub fn hold(&self) -> Held<'_> {
        self.shared.holders.fetch_add(1, Ordering::SeqCst);
        let turn = self
            .shared
            .turn
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Held {
            port: self,
            _turn: turn,
        }
    }
}

impl Held<'_> {
    /// The number of the guest's interface: N of `ethN`.
    pub fn index(&self) -> usize {
        self.port.n
    }
}

impl Deref for Held<'_> {
    type Target = dyn Cable;

    fn deref(&self) -> &Self::Target {
        &*self.port.cable
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.port.shared.holders.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.shared.end.store(true, Ordering::SeqCst);
        if let Some(responder) = self.responder.take() {
            // A responder that panicked has ended, too.
            let _ = responder.join();
        }
    }
}

fn run(n: usize, cable: &dyn Cable, shared: &Shared) {
    let mut buffer = vec![0; 65536];
    while !shared.end.load(Ordering::SeqCst) {
        // Looking first leaves the lock to whoever asked for it.
        if shared.holders.load(Ordering::SeqCst) > 0 {
            thread::sleep(LISTEN);
            continue;
        }
        let _turn = shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match cable.recv(&mut buffer, LISTEN) {
            // A frame that cannot be sent is lost, as on any cable; the guest sees it.
            Ok(Some(length)) => drop(answer(n, &buffer[..length]).map(|frame| cable.send(&frame))),
            Ok(None) => {}
            // The namespace or the socket is gone: so is the guest.
            Err(_) => return,
        }
    }
}
