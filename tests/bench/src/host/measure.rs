// SPDX-License-Identifier: GPL-2.0
//! A guest that measures by itself: all that it finds, and where.

use std::fmt::Debug;
use std::sync::atomic::AtomicBool;
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

/// The same in some that run beside each other and share the work.
pub(crate) fn exact_guests<T: DeserializeOwned + Debug + Send + 'static>(
    configs: Vec<VmConfig>,
    kernel: &str,
    tells: fn(&T) -> String,
    stop: &Arc<AtomicBool>,
) -> Result<Measured<T>> {
    let parts = thread::scope(|scope| {
        let guests: Vec<_> = configs
            .into_iter()
            .map(|config| scope.spawn(|| guest(config.icount().unpacked(), kernel, 1, tells, stop)))
            .collect();
        let end = |guest: thread::ScopedJoinHandle<'_, Result<Measured<T>>>| {
            guest
                .join()
                .unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        guests.into_iter().map(end).collect::<Result<Vec<_>>>()
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
