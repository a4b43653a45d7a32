// SPDX-License-Identifier: GPL-2.0
//! The synthetic NIC: put in, configured, run and read (`tests/nic/README.md`).

use std::fs::{self, File};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::kmod::{finit_module, ModuleInitFlags};
use nix::sys::socket::{setsockopt, sockopt};

use super::wait::until;
use super::{cpu, program, sink, softirqs};
use crate::statistics::Times;
use crate::{Error, Result};

const MODULE: &str = "/lib/kbp/tests/kbp_testnic.ko";
const CONTROL: &str = "/sys/kernel/debug/kbp_testnic";
pub(crate) const INTERFACE: &str = "ktn0";
const ADDRESS: &str = "10.78.0.1/24";
/// Where its packets go.
pub const PORT: u16 = 9;
/// What a run may take beyond its own rhythm.
const SLACK: Duration = Duration::from_secs(30);
/// How long delivery may stand still before what is missing counts as lost.
const QUIET: Duration = Duration::from_millis(500);
/// How often progress is looked at. A look costs time on the control CPU only.
const LOOK: Duration = Duration::from_millis(20);

/// A run's results.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Packets generated.
    pub sent: u64,
    /// Packets the NIC lost.
    pub dropped: u64,
    /// What arrived at the socket.
    pub sink: sink::Report,
    /// NET_RX softirqs on the receiving core, from the first packet to the last delivery.
    pub net_rx_softirqs: u64,
    /// Interrupt to poll.
    pub delay: Times,
    /// Intended to real interrupt.
    pub late: Times,
}

/// Puts the module in and its interface up.
pub fn set_up() -> Result<()> {
    let path = Path::new(MODULE);
    let module = File::open(path).map_err(Error::at("open", path))?;
    match finit_module(&module, c"", ModuleInitFlags::empty()) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(Error::at("load", path)(error)),
    }
    ip(&["addr", "add", ADDRESS, "dev", INTERFACE])?;
    ip(&["link", "set", INTERFACE, "up"])
}

fn ip(words: &[&str]) -> Result<()> {
    program::run("ip", words, "").map(drop)
}

/// A socket for its packets that has no room: its first packets fill it, and nobody reads them.
pub(crate) fn full_socket() -> Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))
        .map_err(Error::doing(format!("cannot listen on UDP port {PORT}")))?;
    // The kernel makes the least of it that it allows.
    setsockopt(&socket, sockopt::RcvBuf, &0)
        .map_err(Error::doing("cannot make a socket's buffer small"))?;
    Ok(socket)
}

/// Where a run happens.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The core that is interrupted and polls.
    pub nic_cpu: usize,
    /// The core of the receiving program.
    pub sink_cpu: usize,
    /// Ends a run early.
    pub stop: &'a AtomicBool,
}

/// What the NIC is to do in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Before the first interrupt; zero: as long as between two.
    pub lead: Duration,
    /// Between two interrupts.
    pub period: Duration,
    /// Packets, in all.
    pub count: u64,
    /// Packets per interrupt.
    pub burst: u32,
    /// CPU time of a packet.
    pub cost: Duration,
    /// Bytes of UDP payload.
    pub payload: u32,
    /// A tasklet beside: between two, and for how long.
    pub tasklet: Option<(Duration, Duration)>,
}

impl Default for Order {
    fn default() -> Order {
        Order {
            lead: Duration::ZERO,
            period: Duration::from_millis(1),
            count: 1,
            burst: 1,
            cost: Duration::ZERO,
            payload: 64,
            tasklet: None,
        }
    }
}

impl Order {
    /// How long its packets come.
    pub(crate) fn length(&self) -> Duration {
        let interrupts = self.count.div_ceil(u64::from(self.burst.max(1)));
        self.period * u32::try_from(interrupts).unwrap_or(u32::MAX)
    }

    pub(crate) fn config(&self, cpu: usize) -> String {
        let (between, takes) = self.tasklet.unwrap_or_default();
        format!(
            "cpu={cpu} lead_ns={} period_ns={} count={} burst={} cost_ns={} payload={} port={PORT} \
             tasklet_period_ns={} tasklet_ns={}",
            self.lead.as_nanos(),
            self.period.as_nanos(),
            self.count,
            self.burst,
            self.cost.as_nanos(),
            self.payload,
            between.as_nanos(),
            takes.as_nanos()
        )
    }
}

/// Gives the NIC so many queues, each with a ring of so many packets; its interface is down
/// meanwhile.
pub fn shape(queues: u32, ring: u32) -> Result<()> {
    let config = read("config")?;
    let has = |key: &str, value: u32| {
        config
            .split_whitespace()
            .any(|pair| pair == format!("{key}={value}"))
    };
    if has("queues", queues) && has("ring", ring) {
        return Ok(());
    }
    ip(&["link", "set", INTERFACE, "down"])?;
    write("config", &format!("queues={queues} ring={ring}"))?;
    ip(&["link", "set", INTERFACE, "up"])
}

/// Runs the packets of an order to a socket, wherever that is.
pub fn carry_out(order: &Order, place: Place<'_>, socket: UdpSocket) -> Result<Outcome> {
    write("config", &order.config(place.nic_cpu))?;
    write("reset", "1")?;
    let (seen, over) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let sink = scope.spawn(|| {
            cpu::pin(place.sink_cpu)?;
            sink::receive(&socket, |_| over.load(Ordering::Relaxed), &seen)
        });
        let run = run(order, place, &seen);
        over.store(true, Ordering::Relaxed);
        let sink = sink
            .join()
            .map_err(|_| Error::Other("the receiver panicked".into()))?;
        Ok(Outcome {
            sink: sink?,
            ..run?
        })
    })
}

/// All but what arrived, of which `seen` follows the number.
fn run(order: &Order, place: Place<'_>, seen: &AtomicU64) -> Result<Outcome> {
    cpu::pin(place.sink_cpu)?;
    let before = softirqs::net_rx(place.nic_cpu)?;
    write("run", "1")?;
    wait_polled(order.length() + SLACK, place.stop)?;
    let stats = read("stats")?;
    let [sent, delivered, dropped] =
        ["generated", "delivered", "dropped"].map(|key| number(&stats, key));
    let (sent, delivered, dropped) = (sent?, delivered?, dropped?);
    wait_delivered(seen, delivered);
    let net_rx_softirqs = softirqs::net_rx(place.nic_cpu)? - before;
    if sent != delivered + dropped {
        return Err(Error::Other(format!(
            "the synthetic NIC generated {sent} packets, but {delivered} delivered + {dropped} dropped are not {sent}"
        )));
    }
    Ok(Outcome {
        sent,
        dropped,
        sink: sink::Report::default(),
        net_rx_softirqs,
        delay: histogram("hist")?,
        late: histogram("late")?,
    })
}

/// Waits until the last packet has been polled.
fn wait_polled(limit: Duration, stop: &AtomicBool) -> Result<()> {
    let polled = || read("run").is_ok_and(|left| left.trim() == "0");
    let stopped = || stop.load(Ordering::Relaxed);
    if until(limit, || polled() || stopped()) && polled() {
        return Ok(());
    }
    write("run", "0")?;
    Err(match stopped() {
        true => Error::Interrupted,
        false => Error::Other(format!(
            "the synthetic NIC's packets were not all polled within {limit:?}: {}",
            read("stats")?.replace('\n', " ")
        )),
    })
}

/// Waits until as many packets as the NIC handed over have arrived, or nothing moves any more.
fn wait_delivered(seen: &AtomicU64, delivered: u64) {
    let (mut last, mut moved) = (0, Instant::now());
    while last < delivered && moved.elapsed() < QUIET {
        thread::sleep(LOOK);
        let now = seen.load(Ordering::Acquire);
        if now != last {
            (last, moved) = (now, Instant::now());
        }
    }
}

pub(crate) fn histogram(file: &str) -> Result<Times> {
    Times::parse(&read(file)?)
        .map_err(|why| Error::Other(format!("{CONTROL}/{file} is unreadable: {why}")))
}

pub(crate) fn number(stats: &str, key: &str) -> Result<u64> {
    stats
        .lines()
        .filter_map(|line| line.split_once(' '))
        .find_map(|(of, number)| (of == key).then(|| number.trim().parse().ok())?)
        .ok_or_else(|| Error::Other(format!("{CONTROL}/stats has no '{key}'")))
}

pub(crate) fn read(name: &str) -> Result<String> {
    let path = Path::new(CONTROL).join(name);
    fs::read_to_string(&path).map_err(Error::at("read", &path))
}

pub(crate) fn write(name: &str, text: &str) -> Result<()> {
    let path = Path::new(CONTROL).join(name);
    let what = format!("cannot write '{text}' to {}", path.display());
    fs::write(&path, text).map_err(Error::doing(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_stats_are_whole_words() {
        let stats = "generated 5\ndelivered 4\ndropped_overflow 9\ndropped 1\n";
        assert_eq!(number(stats, "dropped").unwrap(), 1);
        assert_eq!(number(stats, "generated").unwrap(), 5);
        assert!(number(stats, "polls")
            .unwrap_err()
            .to_string()
            .contains("'polls'"));
    }
}
