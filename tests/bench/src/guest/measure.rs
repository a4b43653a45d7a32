// SPDX-License-Identifier: GPL-2.0
//! The whole series of measurements, inside one boot.
//!
//! Every phase: put the mode in effect and verify it, start the competitor, warm up, measure,
//! verify the mode again, and only then write the results out, because the console costs CPU time.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use super::hog::Hog;
use super::irq::RxIrq;
use super::testnic::Place;
use super::virtio::Turn;
use super::{cpu, emit, kernel, mode, sink, testnic, virtio};
use crate::event::Event;
use crate::plan::{plan, Phase, Source};
use crate::stats::Buckets;
use crate::Result;

/// Control, receiver and echo.
const CONTROL_CPU: usize = 0;
/// The core whose receive path is measured.
const NIC_CPU: usize = 1;
/// Where the host's probes come in.
const INTERFACE: &str = "eth0";
/// The echo's port.
pub const ECHO_PORT: u16 = 7;
/// Packets flow that long before the measured ones: first executions are slow, above all under emulation.
const WARM_UP: Duration = Duration::from_millis(100);
/// Lets the console and the scheduler come to rest after a change.
const SETTLE: Duration = Duration::from_millis(200);

/// How long the host may take for a second of datagrams.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Repetitions.
    pub rounds: u32,
    /// How long packets flow in a run with the synthetic NIC.
    pub length: Duration,
    /// Whether to measure through the virtio NIC, too.
    pub virtio: bool,
}

/// Measures everything, one line of JSON after the other on stdout.
pub fn run(options: Options, stop: &AtomicBool) -> Result<()> {
    let place = Place {
        nic_cpu: NIC_CPU,
        sink_cpu: CONTROL_CPU,
        stop,
    };
    cpu::pin(CONTROL_CPU)?;
    testnic::set_up()?;
    mode::load()?;
    let port = options.virtio.then(|| -> Result<_> {
        let irq = RxIrq::find(INTERFACE)?;
        irq.pin(NIC_CPU)?;
        Ok((irq, sink::bind(ECHO_PORT)?))
    });
    let port = port.transpose()?;
    emit(&Event::Setup {
        kernel: kernel()?,
        note: format!(
            "receiving core {NIC_CPU}, receiver on core {CONTROL_CPU}; in both modes the KBP modules are loaded and \
             the hooks live, only the core is enabled or not"
        ),
    })?;
    for (index, phase) in plan(options.rounds).into_iter().enumerate() {
        let event = match (phase.source, &port) {
            (Source::Testnic, _) => {
                let _hog = prepare(&phase)?;
                testnic_phase(phase, options.length, place)?
            }
            (Source::Virtio, Some((irq, socket))) => {
                let _hog = prepare(&phase)?;
                let turn = Turn {
                    index,
                    limit: PATIENCE,
                };
                let outcome = virtio::serve(socket, irq, turn, place, || Ok(()))?;
                Event::Virtio {
                    phase,
                    echoed: outcome.echoed,
                    interrupts: outcome.interrupts,
                    net_rx_softirqs: outcome.net_rx_softirqs,
                }
            }
            (Source::Virtio, None) => continue,
        };
        mode::confirm(phase.mode, NIC_CPU)?;
        emit(&event)?;
    }
    emit(&Event::Done)
}

/// Puts the mode and the competitor of a phase in effect.
fn prepare(phase: &Phase) -> Result<Option<Hog>> {
    emit(&Event::Begin { phase: *phase })?;
    mode::set(phase.mode, NIC_CPU)?;
    let hog = phase
        .scenario
        .spins()
        .then(|| Hog::start(NIC_CPU))
        .transpose()?;
    thread::sleep(SETTLE);
    Ok(hog)
}

fn testnic_phase(phase: Phase, length: Duration, place: Place<'_>) -> Result<Event> {
    testnic::run(phase.scenario, WARM_UP, place)?;
    let run = testnic::run(phase.scenario, length, place)?;
    let Buckets {
        counts: delay,
        max: delay_max_ns,
    } = run.delay;
    let Buckets {
        counts: late,
        max: late_max_ns,
    } = run.late;
    Ok(Event::Testnic {
        phase,
        sent: run.sent,
        received: run.sink.received,
        dropped: run.dropped,
        duplicates: run.sink.duplicates,
        net_rx_softirqs: run.net_rx_softirqs,
        delay,
        delay_max_ns,
        late,
        late_max_ns,
    })
}
