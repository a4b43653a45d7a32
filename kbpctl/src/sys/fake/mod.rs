// SPDX-License-Identifier: GPL-2.0
//! A kernel in memory for tests: modules, one livepatch with its transition, cores, a clock that
//! only sleeping moves. Every change can be made to fail, or to be the last thing kbpctl does.

pub(crate) mod apart;
mod kbp;
mod machine;
mod nic;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kbp_probe::times::Times;
use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_status, kbp_info, kbp_napi_status};
use kbp_verify::Report;
use nix::libc;

use super::channels::{Channels, Counts};
use super::coalescing::Coalescing;
use super::noise::CoreNoise;
use super::rings::Rings;
use super::{Apart, Events, LockGuard, Request, Source, System};

pub(crate) use machine::{Machine, Patch};

/// The payload of the panic that stands for `kill -9`.
pub(crate) struct Killed;

pub(crate) const BUILD_ID: &str = "66616b65";
/// Where it is said that this kernel was found fit.
pub(crate) const RECORD: &str = "/var/lib/kbp/verified/66616b65.json";
const PATCH: &str = "/sys/kernel/livepatch/kbp_livepatch";

/// The fake.
pub(crate) struct Fake(pub(crate) RefCell<Machine>);

impl Fake {
    /// A machine on which nothing was done.
    pub(crate) fn new() -> Fake {
        Fake(RefCell::new(Machine::new()))
    }

    /// Loaded, with core 2 enabled.
    pub(crate) fn active() -> Fake {
        let fake = Fake::new();
        {
            let mut machine = fake.0.borrow_mut();
            machine.modules = ["kbp", "kbp_livepatch"].map(str::to_owned).into();
            machine.patch = Some(Patch {
                enabled: true,
                since: None,
            });
            machine.set_state(2, abi::KBP_CORE_POLLING);
        }
        fake
    }

    /// One task that has not reached `target`.
    pub(crate) fn add_task(&self, pid: u32, comm: &str, patch_state: i32) {
        let mut machine = self.0.borrow_mut();
        let task = PathBuf::from(format!("/proc/{pid}/task/{pid}"));
        let mut put = |file: &str, text: String| machine.files.insert(task.join(file), text);
        put("comm", format!("{comm}\n"));
        put("patch_state", format!("{patch_state}\n"));
        put(
            "stack",
            "[<0>] kbp_test_wait+0x12/0x40\n[<0>] kthread+0xd9/0x100\n".to_owned(),
        );
    }

    /// Lets a due transition end, and what is due come.
    fn settle(&self) -> std::cell::RefMut<'_, Machine> {
        const TRANSITION: Duration = Duration::from_millis(300);
        let mut machine = self.0.borrow_mut();
        let now = machine.now;
        let (come, late) = std::mem::take(&mut machine.late)
            .into_iter()
            .partition(|(at, ..)| *at <= now);
        machine.late = late;
        let come: Vec<(Duration, PathBuf, String)> = come;
        machine
            .files
            .extend(come.into_iter().map(|(_, path, text)| (path, text)));
        nic::settle(&mut machine);
        if let Some(Patch {
            enabled,
            since: Some(since),
        }) = machine.patch
        {
            if machine.now >= since + TRANSITION && machine.stuck != Some(enabled) {
                machine.patch = enabled.then_some(Patch {
                    enabled,
                    since: None,
                });
            }
        }
        machine
    }

    /// Writes a file of /proc or /sys that is there: `fail` may name it.
    fn write_file(&self, path: &Path, value: &str) -> io::Result<()> {
        let name = path.display().to_string();
        let written = format!("{}\n", value.trim_end());
        self.act(&format!("write {value} to {name}"), |machine| {
            if let Some((_, errno)) = machine.refuse_writes.iter().find(|(file, _)| *file == path) {
                return Err(*errno);
            }
            if machine.read_only.contains(path) {
                return Err(libc::EPERM);
            }
            match machine.files.get_mut(path) {
                Some(text) => *text = written,
                None => return Err(libc::ENOENT),
            }
            Ok(())
        })
    }

    /// Fails an operation that is to fail.
    fn fails(&self, name: &str) -> io::Result<()> {
        let mut machine = self.settle();
        match machine.fail.get_mut(name) {
            Some((errno, times)) if *times > 0 => {
                *times -= 1;
                Err(io::Error::from_raw_os_error(*errno))
            }
            _ => {
                if let Some((later, errno)) = machine.fail_later.filter(|(later, _)| *later == name)
                {
                    machine.fail.insert(later, (errno, u32::MAX));
                }
                Ok(())
            }
        }
    }

    /// Counts a change: fails it, kills the caller after it, or lets it pass.
    fn act(&self, name: &str, act: impl FnOnce(&mut Machine) -> Result<(), i32>) -> io::Result<()> {
        self.fails(name)?;
        let mut machine = self.settle();
        machine.log.push(name.to_owned());
        let result = act(&mut machine).map_err(io::Error::from_raw_os_error);
        if let Some(left) = machine.kill_after.as_mut() {
            *left -= 1;
            if *left == 0 {
                machine.kill_after = None;
                drop(machine);
                std::panic::panic_any(Killed);
            }
        }
        result
    }
}

impl System for Fake {
    fn read(&self, path: &Path) -> io::Result<String> {
        let machine = self.settle();
        if let (Some(patch), Ok(name)) = (machine.patch, path.strip_prefix(PATCH)) {
            let flag = match name.to_str() {
                Some("enabled") => patch.enabled,
                _ => patch.since.is_some(),
            };
            return Ok(format!("{}\n", u8::from(flag)));
        }
        if let Some((errno, _)) = machine.fail.get(&*path.to_string_lossy()) {
            return Err(io::Error::from_raw_os_error(*errno));
        }
        machine
            .files
            .get(path)
            .cloned()
            .ok_or(io::ErrorKind::NotFound.into())
    }

    fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.0.borrow().bytes.get(path) {
            return Ok(bytes.clone());
        }
        self.read(path).map(String::into_bytes)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(io::Cursor::new(self.read_bytes(path)?)))
    }

    fn store(&self, path: &Path, text: &str) -> io::Result<()> {
        self.act("store", |machine| {
            machine.files.insert(path.to_owned(), text.to_owned());
            Ok(())
        })
    }

    fn publish(&self, path: &Path, text: &str) -> io::Result<()> {
        self.store(path, text)
    }

    fn create(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.act("create", |machine| {
            if machine.bytes.contains_key(path) || machine.files.contains_key(path) {
                return Err(libc::EEXIST);
            }
            machine.bytes.insert(path.to_owned(), content.to_owned());
            Ok(())
        })
    }

    fn may_write(&self, _path: &Path, _bytes: usize) -> io::Result<()> {
        self.fails("may write")
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.act("remove", |machine| {
            machine.files.remove(path);
            Ok(())
        })
    }

    fn analyse(
        &self,
        _image: Box<dyn Source>,
        _config: Option<&str>,
    ) -> kbp_verify::Result<Report> {
        let not = || kbp_verify::Error::NotAKernel("nothing the test knows".to_owned());
        self.0.borrow().report.clone().ok_or_else(not)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let machine = self.settle();
        let below = machine
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(path).ok());
        let names: BTreeSet<String> = below
            .filter_map(|rest| rest.components().next())
            .map(|name| name.as_os_str().to_string_lossy().into_owned())
            .collect();
        match names.is_empty() {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(names.into_iter().collect()),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        if let Ok(name) = path.strip_prefix("/sys/module") {
            return self.settle().modules.contains(&*name.to_string_lossy());
        }
        self.read_bytes(path).is_ok() || self.list(path).is_ok()
    }

    fn mode(&self, path: &Path) -> io::Result<u32> {
        let machine = self.0.borrow();
        let is_there = machine.files.contains_key(path);
        let read_only = machine.read_only.contains(path);
        match (is_there, read_only) {
            (false, _) => Err(io::ErrorKind::NotFound.into()),
            (true, true) => Ok(0o100_444),
            (true, false) => Ok(0o100_644),
        }
    }

    fn write(&self, path: &Path, value: &str) -> io::Result<()> {
        if path != Path::new(PATCH).join("enabled") {
            return self.write_file(path, value);
        }
        let name = if value == "1" { "write 1" } else { "write 0" };
        self.act(name, |machine| machine.write_enabled(value == "1"))
    }

    fn ask(&self, _: &Path, question: &str) -> io::Result<String> {
        assert_eq!(question, "setup");
        self.fails("ask")?;
        let machine = self.0.borrow();
        let banned = machine.balancer.as_ref();
        let banned = banned.ok_or(io::Error::from_raw_os_error(libc::ECONNREFUSED))?;
        let row = |irq: &u32| format!("IRQ {irq} LOAD 7 DIFF 1 CLASS 0 ");
        let rows: String = banned.iter().map(row).collect();
        Ok(format!("SLEEP 10 {rows}BANNED 0"))
    }

    fn tell(&self, _: &Path, words: &str) -> io::Result<()> {
        let list = words.strip_prefix("settings ban irqs ");
        let list = list.expect("the only thing it is told");
        self.act(words, |machine| {
            let irqs = list.split(' ').filter_map(|word| word.parse().ok());
            machine.balancer = Some(irqs.collect());
            if let Some((irq, cores)) = machine.balancer_moves.take() {
                let file = format!("/proc/irq/{irq}/smp_affinity_list");
                machine.files.insert(file.into(), format!("{cores}\n"));
            }
            Ok(())
        })
    }

    fn insert_module(&self, name: &str, _: &Path, unpacked: Option<&[u8]>) -> io::Result<()> {
        if let Some(image) = unpacked {
            assert!(image.starts_with(b"\x7fELF"), "the kernel takes ELF files");
        }
        self.act(&format!("insert {name}"), |machine| {
            if !machine.modules.insert(name.to_owned()) {
                return Err(libc::EEXIST);
            }
            if name == "kbp_livepatch" {
                machine.patch = Some(Patch {
                    enabled: true,
                    since: Some(machine.now),
                });
            }
            Ok(())
        })
    }

    fn delete_module(&self, name: &str) -> io::Result<()> {
        self.act(&format!("delete {name}"), |machine| {
            let used = match name {
                "kbp" => machine.modules.contains("kbp_livepatch"),
                _ => machine.patch.is_some(),
            };
            match (used, machine.modules.remove(name)) {
                (true, _) => {
                    machine.modules.insert(name.to_owned());
                    Err(libc::EAGAIN)
                }
                (false, true) => Ok(()),
                (false, false) => Err(libc::ENOENT),
            }
        })
    }

    fn info(&self) -> io::Result<kbp_info> {
        self.fails("info")?;
        self.settle().info().map_err(io::Error::from_raw_os_error)
    }

    fn core_status(&self, status: &mut kbp_core_status) -> io::Result<()> {
        *status = *self
            .settle()
            .cores
            .get(&status.core)
            .ok_or(io::Error::from_raw_os_error(libc::ENODEV))?;
        Ok(())
    }

    fn napi_status(&self, status: &mut kbp_napi_status) -> io::Result<()> {
        let machine = self.settle();
        let napis = machine.napis.get(&status.core);
        *status = *napis
            .and_then(|napis| napis.get(status.index as usize))
            .ok_or(io::Error::from_raw_os_error(libc::ENOENT))?;
        Ok(())
    }

    fn change(&self, request: Request, change: &mut kbp_change) -> io::Result<()> {
        self.act(request.verb(), |machine| machine.change(request, change))
    }

    fn kernel_log(&self) -> io::Result<Vec<String>> {
        self.fails("kernel log")?;
        Ok(self.settle().kernel_log.clone())
    }

    fn date(&self) -> Duration {
        // The last second of 1999.
        Duration::from_secs(946_684_799)
    }

    fn now(&self) -> Duration {
        self.0.borrow().now
    }

    fn since_boot(&self) -> Duration {
        let machine = self.0.borrow();
        machine.now + machine.slept
    }

    fn apart(&self, _: &str, act: &mut dyn FnMut(&dyn Apart)) -> io::Result<Vec<u8>> {
        self.fails("apart")?;
        Ok(apart::run(self, act))
    }

    fn sleep(&self, time: Duration) {
        let mut machine = self.0.borrow_mut();
        machine.now += time;
        machine.poll(time);
    }

    fn other_name_of(&self, name: &str) -> io::Result<String> {
        self.fails("other name of")?;
        let name = self.settle().other_names.get(name).cloned();
        name.ok_or(io::Error::from_raw_os_error(libc::ENODEV))
    }

    fn channels(&self, interface: &str) -> io::Result<Channels> {
        self.fails("channels")?;
        let channels = self.settle().channels.get(interface).copied();
        channels.ok_or(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }

    fn set_channels(&self, interface: &str, counts: &Counts) -> io::Result<()> {
        let queues = counts.combined + counts.rx.max(counts.tx);
        self.act(&format!("{queues} channels of {interface}"), |machine| {
            nic::set_channels(machine, interface, counts)
        })
    }

    fn coalescing(&self, interface: &str) -> io::Result<Coalescing> {
        self.fails("coalescing")?;
        let coalescing = self.settle().coalescing.get(interface).copied();
        coalescing.ok_or(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }

    fn rings(&self, interface: &str) -> io::Result<Rings> {
        self.fails("rings")?;
        let rings = self.settle().rings.get(interface).copied();
        rings.ok_or(io::Error::from_raw_os_error(libc::EOPNOTSUPP))
    }

    fn noise(&self, cores: &[u32], time: Duration) -> io::Result<Vec<CoreNoise>> {
        self.fails("noise")?;
        self.sleep(time);
        let mut gaps = Times::new();
        let machine = self.settle();
        for ns in &machine.gaps_ns {
            gaps.record(*ns);
        }
        let seen = |core: &u32| CoreNoise {
            core: *core,
            looked: time,
            least: Duration::from_micros(1),
            gaps: gaps.clone(),
            lost: Duration::from_nanos(machine.gaps_ns.iter().sum()),
            tasks: Some(2),
            smis: None,
        };
        Ok(cores.iter().map(seen).collect())
    }

    fn events(&self) -> io::Result<Box<dyn Events + '_>> {
        self.fails("events")?;
        Ok(Box::new(nic::Script(self)))
    }

    fn notify(&self, words: &str) -> io::Result<()> {
        self.act(&format!("notify {words}"), |_| Ok(()))
    }

    fn release(&self) -> String {
        "6.1.0-test".to_owned()
    }

    fn capabilities(&self) -> (bool, bool) {
        self.0.borrow().capabilities
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<LockGuard>> {
        self.fails("lock")?;
        let mut machine = self.0.borrow_mut();
        let Some(pid) = machine.locked_by else {
            return Ok(Some(Box::new(())));
        };
        machine.files.insert(path.to_owned(), format!("{pid}\n"));
        Ok(None)
    }

    fn log(&self, line: &str) {
        self.0.borrow_mut().said.push(line.to_owned());
    }

    fn system_log(&self, line: &str) {
        self.0.borrow_mut().logged.push(line.to_owned());
    }

    fn stderr_is_terminal(&self) -> bool {
        false
    }
}
