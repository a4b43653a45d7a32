// SPDX-License-Identifier: GPL-2.0
//! A guest that measures by itself: all that it finds, and where.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{mpsc, Arc};
use std::{panic, thread};

use kbp_vm::VmConfig;
use serde::de::DeserializeOwned;

use super::progress::Progress;
use super::{environment, follow};
use crate::line::{Line, Step};
use crate::report::Environment;
use crate::{Error, Result};

/// What came of it.
#[derive(Debug)]
pub(crate) struct Measured<T> {
    /// Release of the guest's kernel.
    pub(crate) kernel: String,
    pub(crate) found: Vec<T>,
    pub(crate) environment: Environment,
}

/// Tells of what was found as it is.
pub(crate) fn plainly<T: Debug>(found: &T) -> String {
    format!("{found:?}")
}

/// Boots it, with so many CPUs, and `tells` of all it finds.
pub(crate) fn guest<T: DeserializeOwned + Debug + Send + 'static>(
    config: VmConfig,
    kernel: &str,
    cpus: u32,
    tells: fn(&T) -> String,
    stop: &Arc<AtomicBool>,
) -> Result<Measured<T>> {
    let progress = Progress::start();
    let load_before = environment::load();
    progress.line(&format!("booting a guest with kernel {kernel}"));
    let (teller, (taker, lines)) = (progress.clone(), mpsc::channel());
    let take = move |line: Line<T>| {
        match &line {
            Line::Step(Step::Setup { kernel, .. }) => {
                teller.line(&format!("measuring on kernel {kernel}"));
            }
            Line::Step(_) => {}
            Line::Found(found) => teller.line(&tells(found)),
        }
        // Who has heard enough has gone on with an error.
        let _ = taker.send(line);
    };
    follow::guest(config, &progress, stop, take, |_| Ok(()))?;
    let mut measured = Measured {
        kernel: String::new(),
        found: Vec::new(),
        environment: environment::gather(cpus, load_before, progress.elapsed())?,
    };
    for line in lines.try_iter() {
        match line {
            Line::Step(Step::Setup { kernel, .. }) => measured.kernel = kernel,
            Line::Step(_) => {}
            Line::Found(found) => measured.found.push(found),
        }
    }
    Ok(measured)
}

/// The same in a guest of one CPU whose clock counts instructions.
pub(crate) fn exact_guest<T: DeserializeOwned + Debug + Send + 'static>(
    config: VmConfig,
    kernel: &str,
    tells: fn(&T) -> String,
    stop: &Arc<AtomicBool>,
) -> Result<Measured<T>> {
    exact_guests(vec![config], kernel, tells, stop)
}

/// The same in some that run beside each other and share the work. The first that fails ends the others.
pub(crate) fn exact_guests<T: DeserializeOwned + Debug + Send + 'static>(
    configs: Vec<VmConfig>,
    kernel: &str,
    tells: fn(&T) -> String,
    stop: &Arc<AtomicBool>,
) -> Result<Measured<T>> {
    let parts = thread::scope(|scope| {
        let guests: Vec<_> = configs
            .into_iter()
            .map(|config| {
                scope.spawn(|| {
                    let config = config.icount().unpacked();
                    guest(config, kernel, 1, tells, stop)
                        .inspect_err(|_| stop.store(true, Ordering::Relaxed))
                })
            })
            .collect();
        let end = |guest: thread::ScopedJoinHandle<'_, Result<Measured<T>>>| {
            guest
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        all_of(guests.into_iter().map(end).collect())
    })?;
    let mut parts = parts.into_iter();
    let mut all = parts
        .next()
        .ok_or_else(|| Error::Other("nothing to measure".into()))?;
    for part in parts {
        all.found.extend(part.found);
        let longest = all.environment.duration_s.max(part.environment.duration_s);
        all.environment.duration_s = longest;
    }
    all.environment.accel = "tcg, icount".into();
    Ok(all)
}

/// What all of them found, or what was wrong with the one that ended the others.
fn all_of<T>(guests: Vec<Result<T>>) -> Result<Vec<T>> {
    let ended = |guest: &Result<T>| matches!(guest, Err(Error::Interrupted));
    let (ended, rest): (Vec<_>, Vec<_>) = guests.into_iter().partition(ended);
    rest.into_iter().chain(ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_told_not_what_came_of_it() {
        let said = |guests| match all_of::<u8>(guests) {
            Ok(found) => format!("{found:?}"),
            Err(error) => error.to_string(),
        };
        let broken = || Err(Error::Other("broken".into()));
        assert_eq!(said(vec![Ok(1), Ok(2)]), "[1, 2]");
        assert_eq!(said(vec![Err(Error::Interrupted), broken()]), "broken");
        assert_eq!(said(vec![broken(), Err(Error::Interrupted)]), "broken");
        assert_eq!(said(vec![Ok(1), Err(Error::Interrupted)]), "interrupted");
    }
}
