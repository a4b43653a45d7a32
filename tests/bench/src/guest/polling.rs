// SPDX-License-Identifier: GPL-2.0
//! Putting a way to poll in effect, and showing that it is.
//!
//! Whether KBP's modules are loaded where KBP does not poll is the caller's choice. All that polls
//! is on one core, the NIC's, whatever the mode.

use std::fs;
use std::path::Path;
use std::time::Duration;

use kbp_uapi::KBP_CORE_OFF;

use super::device::{Device, Threads};
use super::kbp::{self, kbpctl, Way};
use super::netlink::{Netdev, Threaded};
use crate::mode::Mode;
use crate::{Error, Result};

/// Empty polls before the interrupt is armed again, where it is deferred.
const DEFER: u32 = 10;
/// The timer that polls meanwhile.
const FLUSH_NS: u32 = 200_000;
/// The longest time that an epoll keeps interrupts off.
const SUSPEND_NS: u32 = 20_000_000;

const NETSTAT: &str = "/proc/net/netstat";
const FAMILY: &str = "TcpExt:";
const BUSY_POLLED: &str = "BusyPollRxPackets";

/// A mode in effect.
#[derive(Debug)]
pub(crate) struct Polling {
    mode: Mode,
    cpu: usize,
    threads: Option<Threads>,
    packets: u64,
    busy_polled: u64,
}

impl Polling {
    /// Puts `mode` in effect for `device` on `cpu`, where softirq polls now. `more` is for
    /// `kbpctl enable`.
    pub(crate) fn enter(mode: Mode, device: &Device, cpu: usize, more: &[&str]) -> Result<Polling> {
        let mut threads = None;
        match mode {
            Mode::Softirq | Mode::Control | Mode::SoBusyPoll => {}
            Mode::Threaded => {
                device.set("threaded", "1")?;
                threads = Some(device.bind_threads(cpu)?);
            }
            Mode::ThreadedBusyPoll => {
                let netdev = Netdev::open()?;
                for napi in netdev.napis(device.0)? {
                    netdev.set_threaded(napi.id, Threaded::BusyPoll)?;
                }
                threads = Some(device.bind_threads(cpu)?);
            }
            Mode::Defer => {
                device.set("napi_defer_hard_irqs", &DEFER.to_string())?;
                device.set("gro_flush_timeout", &FLUSH_NS.to_string())?;
            }
            Mode::IrqSuspend => {
                let netdev = Netdev::open()?;
                for napi in netdev.napis(device.0)? {
                    netdev.set_interrupts(napi.id, DEFER, FLUSH_NS, SUSPEND_NS)?;
                }
            }
            Mode::KbpArmed | Mode::KbpMasked | Mode::KbpAdaptive | Mode::KbpReserve => {
                kbp::enable(cpu, way(mode).unwrap_or_default(), more)?;
            }
        }
        Ok(Polling {
            mode,
            cpu,
            threads,
            packets: kbp::if_loaded(cpu)?.map_or(0, |core| core.counters.packets),
            busy_polled: busy_polled()?,
        })
    }

    /// What shows that the mode was in effect while packets came, in words; an error if nothing
    /// does.
    pub(crate) fn evidence(&self, device: &Device, net_rx: u64) -> Result<String> {
        let core = kbp::if_loaded(self.cpu)?;
        let state = core.map_or(KBP_CORE_OFF, |core| core.state);
        let (count, shown) = if let Some(way) = way(self.mode) {
            kbp::confirm(self.cpu, way)?;
            let packets = core.map_or(0, |core| core.counters.packets) - self.packets;
            // In reserve it may have had nothing to do.
            let by_softirq = if way.reserve { net_rx } else { 0 };
            (
                packets + by_softirq,
                format!("kbp/{} polled {packets} packets", self.cpu),
            )
        } else if state != KBP_CORE_OFF {
            (0, format!("KBP's core is in state {state}"))
        } else if let Some(threads) = &self.threads {
            let (count, ran_ns) = (threads.pids.len(), threads.ran_ns()?);
            let ran = Duration::from_nanos(ran_ns);
            (
                ran_ns,
                format!("{count} threads napi/{}-* ran {ran:.3?}", device.0),
            )
        } else if self.mode.needs_waiting_receiver() {
            // Its polls may leave nothing for a softirq.
            let packets = busy_polled()? - self.busy_polled;
            let shown = format!("the receiver polled {packets} packets, {net_rx} NET_RX softirqs");
            (packets, shown)
        } else {
            (net_rx, format!("{net_rx} NET_RX softirqs"))
        };
        match count {
            0 => Err(Error::Other(format!(
                "mode {} was not in effect on CPU {}: {shown}",
                self.mode, self.cpu
            ))),
            _ => Ok(shown),
        }
    }
}

/// Softirq polls again.
pub(crate) fn leave(device: &Device, cpu: usize) -> Result<()> {
    if kbp::if_loaded(cpu)?.is_some_and(|core| core.state != KBP_CORE_OFF) {
        kbpctl(&["disable"])?;
    }
    device.set("threaded", "0")?;
    // What netlink gave to single NAPIs does not show there.
    if let Ok(netdev) = Netdev::open() {
        for napi in netdev.napis(device.0).unwrap_or_default() {
            // Kernels that cannot set it have nothing to take back.
            let _ = netdev.set_threaded(napi.id, Threaded::Disabled);
            let _ = netdev.set_interrupts(napi.id, 0, 0, 0);
        }
    }
    device.set("napi_defer_hard_irqs", "0")?;
    device.set("gro_flush_timeout", "0")
}

/// Why this kernel cannot do `mode`, if it cannot. Softirq polls before and afterwards.
pub(crate) fn missing(mode: Mode, device: &Device, cpu: usize) -> Result<Option<String>> {
    let tried = match mode {
        Mode::ThreadedBusyPoll | Mode::IrqSuspend => Polling::enter(mode, device, cpu, &[]),
        _ => return Ok(None),
    };
    leave(device, cpu)?;
    Ok(tried.err().map(lacks))
}

/// What is missing, in words.
pub(crate) fn lacks(error: Error) -> String {
    format!("this kernel does not have it: {error}")
}

/// How KBP polls in `mode`, if it does.
fn way(mode: Mode) -> Option<Way> {
    mode.is_kbp().then_some(Way {
        masked: mode == Mode::KbpMasked,
        adaptive: matches!(mode, Mode::KbpAdaptive | Mode::KbpReserve),
        reserve: mode == Mode::KbpReserve,
    })
}

/// How many packets receivers have polled themselves since the boot, in this network namespace.
fn busy_polled() -> Result<u64> {
    let text = fs::read_to_string(NETSTAT).map_err(Error::at("read", Path::new(NETSTAT)))?;
    let of_busy_poll = busy_polled_of(&text);
    of_busy_poll.ok_or_else(|| Error::Other(format!("{NETSTAT} has no {FAMILY} {BUSY_POLLED}")))
}

/// The file has two lines for a family: names, then numbers.
fn busy_polled_of(netstat: &str) -> Option<u64> {
    let mut lines = netstat.lines().filter(|line| line.starts_with(FAMILY));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let at = names
        .split_whitespace()
        .position(|name| name == BUSY_POLLED)?;
    numbers.split_whitespace().nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_two_lines() {
        let text =
            "TcpExt: A BusyPollRxPackets C\nTcpExt: 1 22 3\nIpExt: BusyPollRxPackets\nIpExt: 7\n";
        assert_eq!(busy_polled_of(text), Some(22));
        assert_eq!(busy_polled_of("TcpExt: A B\nTcpExt: 1 2\n"), None);
    }
}
