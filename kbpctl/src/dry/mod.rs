// SPDX-License-Identifier: GPL-2.0
//! A dry run: reads are real, writes are written down. What was written down is seen by later
//! reads, so a command takes the same path as in earnest.

mod apart;
mod checks;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kbp_uapi as abi;
use kbp_uapi::{kbp_change, kbp_core_status, kbp_info, kbp_napi_status};
use kbp_verify::Report;

use crate::cores::config;
use crate::cores::list;
use crate::host::livepatch;
use crate::host::modules;
use crate::sys::channels::{Channels, Counts};
use crate::sys::coalescing::Coalescing;
use crate::sys::noise::CoreNoise;
use crate::sys::rings::Rings;
use crate::sys::{Apart, Events, LockGuard, Request, Source, System};

/// Records instead of doing.
pub(crate) struct DryRun<'a> {
    real: &'a dyn System,
    actions: RefCell<Vec<String>>,
    /// Files that would hold this, or (`None`) would be gone.
    pretended: RefCell<BTreeMap<PathBuf, Option<String>>>,
    /// NICs that would use so many channels.
    channels: RefCell<BTreeMap<String, Counts>>,
}

impl<'a> DryRun<'a> {
    pub(crate) fn new(real: &'a dyn System) -> DryRun<'a> {
        DryRun {
            real,
            actions: RefCell::default(),
            pretended: RefCell::default(),
            channels: RefCell::default(),
        }
    }

    fn record(&self, action: String) {
        self.actions.borrow_mut().push(action);
    }

    fn pretend(&self, path: impl Into<PathBuf>, content: Option<&str>) {
        let content = content.map(str::to_owned);
        self.pretended.borrow_mut().insert(path.into(), content);
    }

    fn pretended(&self, path: &Path) -> Option<Option<String>> {
        self.pretended.borrow().get(path).cloned()
    }

    fn pretend_patch(&self, enabled: bool) {
        let folder = Path::new("/sys/kernel/livepatch").join(livepatch::MODULE);
        self.pretend(folder.join("enabled"), enabled.then_some("1"));
        self.pretend(folder.join("transition"), enabled.then_some("0"));
    }
}

impl System for DryRun<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        match self.pretended(path) {
            Some(Some(content)) => Ok(content),
            Some(None) => Err(io::ErrorKind::NotFound.into()),
            None => self.real.read(path),
        }
    }

    fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.real.read_bytes(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Source>> {
        self.real.open(path)
    }

    fn store(&self, path: &Path, text: &str) -> io::Result<()> {
        self.real.may_write(path, text.len())?;
        self.record(format!("write {}", path.display()));
        Ok(())
    }

    fn publish(&self, path: &Path, text: &str) -> io::Result<()> {
        self.store(path, text)
    }

    fn create(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.real.may_write(path, content.len())?;
        self.record(format!("write {}", path.display()));
        Ok(())
    }

    fn may_write(&self, path: &Path, bytes: usize) -> io::Result<()> {
        self.real.may_write(path, bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if self.real.exists(path) {
            self.record(format!("remove {}", path.display()));
        }
        Ok(())
    }

    fn analyse(&self, image: Box<dyn Source>, config: Option<&str>) -> kbp_verify::Result<Report> {
        self.real.analyse(image, config)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = self.real.list(path)?;
        // Queues that a NIC would not use any more; those that come cannot be read yet.
        for (interface, counts) in self.channels.borrow().iter() {
            let queues = Path::new("/sys/class/net").join(interface).join("queues");
            if path != queues {
                continue;
            }
            names.retain(|name| {
                let stays = |kind: &str, count: u32| {
                    let number = name.strip_prefix(kind);
                    let number = number.and_then(|number| number.parse::<u32>().ok());
                    number.is_none_or(|number| number < counts.combined + count)
                };
                stays("rx-", counts.rx) && stays("tx-", counts.tx)
            });
        }
        Ok(names)
    }

    fn exists(&self, path: &Path) -> bool {
        self.pretended(path)
            .map_or_else(|| self.real.exists(path), |content| content.is_some())
    }

    fn mode(&self, path: &Path) -> io::Result<u32> {
        self.real.mode(path)
    }

    fn write(&self, path: &Path, value: &str) -> io::Result<()> {
        if self.pretended(path).is_none() {
            self.real.may_write(path, 0)?;
        }
        let patches = Path::new("/sys/kernel/livepatch");
        match path.starts_with(patches) {
            true => {
                let way = if value == "1" { "on" } else { "off" };
                self.record(format!("switch the livepatch {way}"));
                self.pretend_patch(value == "1");
            }
            false => {
                self.record(format!("write {value} to {}", path.display()));
                self.pretend(path, Some(value));
            }
        }
        Ok(())
    }

    fn ask(&self, socket: &Path, question: &str) -> io::Result<String> {
        self.real.ask(socket, question)
    }

    fn tell(&self, socket: &Path, words: &str) -> io::Result<()> {
        self.record(format!("say \"{words}\" to {}", socket.display()));
        Ok(())
    }

    fn insert_module(&self, name: &str, file: &Path, _: Option<&[u8]>) -> io::Result<()> {
        checks::modules(self.real)?;
        self.record(format!("insert {}", file.display()));
        self.pretend(Path::new("/sys/module").join(name), Some(""));
        if name == livepatch::MODULE {
            self.pretend_patch(true);
        }
        Ok(())
    }

    fn delete_module(&self, name: &str) -> io::Result<()> {
        checks::modules(self.real)?;
        self.record(format!("remove module {name}"));
        self.pretend(Path::new("/sys/module").join(name), None);
        Ok(())
    }

    fn info(&self) -> io::Result<kbp_info> {
        let pretended = self.pretended(&Path::new("/sys/module").join(modules::KBP));
        let mut info = match pretended {
            Some(Some(_)) => kbp_info {
                abi_version: abi::KBP_ABI_VERSION,
                ..kbp_info::default()
            },
            Some(None) => return Err(io::ErrorKind::NotFound.into()),
            None => self.real.info()?,
        };
        if livepatch::state(self).is_ok_and(|state| state == livepatch::State::Enabled) {
            info.flags |= abi::KBP_INFO_HOOKS_LIVE;
        }
        Ok(info)
    }

    fn core_status(&self, status: &mut kbp_core_status) -> io::Result<()> {
        self.real.core_status(status)
    }

    fn napi_status(&self, status: &mut kbp_napi_status) -> io::Result<()> {
        self.real.napi_status(status)
    }

    fn change(&self, request: Request, change: &mut kbp_change) -> io::Result<()> {
        if let Some((step, core, errno)) = checks::check(self.real, request, change) {
            (change.failed_step, change.failed_core) = (step, core);
            return Err(io::Error::from_raw_os_error(errno));
        }
        let cores = list::phrase(&change.cores);
        let fields = match change.fields {
            0 => None,
            fields => Some(config::phrase(fields, &change.config)),
        };
        self.record(match (request, fields) {
            (Request::Enable, fields) => {
                let set = fields.map_or(String::new(), |fields| format!(", set {fields}"));
                format!("serve the packets for {cores}{set}")
            }
            (Request::Configure, fields) => {
                format!("set {} of {cores}", fields.unwrap_or_default())
            }
            (Request::Disable, _) => format!("give {cores} back to softirq"),
        });
        let moves = |core: &u32| checks::changes(self.real, request, change, *core);
        change.changed = change.cores.iter().filter(moves).map(|_| 1).sum();
        Ok(())
    }

    fn kernel_log(&self) -> io::Result<Vec<String>> {
        self.real.kernel_log()
    }

    fn date(&self) -> Duration {
        self.real.date()
    }

    fn now(&self) -> Duration {
        self.real.now()
    }

    fn since_boot(&self) -> Duration {
        self.real.since_boot()
    }

    fn sleep(&self, time: Duration) {
        self.real.sleep(time);
    }

    fn apart(&self, purpose: &str, act: &mut dyn FnMut(&dyn Apart)) -> io::Result<Vec<u8>> {
        let here = apart::Here::default();
        act(&here);
        self.record(purpose.to_owned());
        Ok(here.words())
    }

    fn other_name_of(&self, name: &str) -> io::Result<String> {
        self.real.other_name_of(name)
    }

    fn channels(&self, interface: &str) -> io::Result<Channels> {
        let mut channels = self.real.channels(interface)?;
        let pretended = self.channels.borrow().get(interface).copied();
        channels.now = pretended.unwrap_or(channels.now);
        Ok(channels)
    }

    fn set_channels(&self, interface: &str, counts: &Counts) -> io::Result<()> {
        self.record(format!("set {interface} to {counts}"));
        self.channels
            .borrow_mut()
            .insert(interface.to_owned(), *counts);
        Ok(())
    }

    fn coalescing(&self, interface: &str) -> io::Result<Coalescing> {
        self.real.coalescing(interface)
    }

    fn rings(&self, interface: &str) -> io::Result<Rings> {
        self.real.rings(interface)
    }

    fn noise(&self, cores: &[u32], time: Duration) -> io::Result<Vec<CoreNoise>> {
        self.real.noise(cores, time)
    }

    fn events(&self) -> io::Result<Box<dyn Events + '_>> {
        self.real.events()
    }

    fn notify(&self, _words: &str) -> io::Result<()> {
        Ok(())
    }

    fn release(&self) -> String {
        self.real.release()
    }

    fn capabilities(&self) -> (bool, bool) {
        self.real.capabilities()
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<LockGuard>> {
        // Nothing changes, so nobody has to be kept out; but it must be possible.
        self.real.may_write(path, 0)?;
        Ok(Some(Box::new(())))
    }

    fn log(&self, line: &str) {
        self.real.log(line);
    }

    fn system_log(&self, line: &str) {
        self.real.log(line);
    }

    fn stderr_is_terminal(&self) -> bool {
        self.real.stderr_is_terminal()
    }

    fn recorded(&self) -> Option<Vec<String>> {
        Some(self.actions.borrow().clone())
    }
}
