// SPDX-License-Identifier: GPL-2.0
//! Boots that are kept: the state of a guest that is up and has not begun to work, in a file, from which
//! all guests go on that are the same so far.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;

use crate::accel::Accel;
use crate::cable::nic::Nic;
use crate::config::{VmConfig, Work};
use crate::error::{Error, Result};
use crate::initramfs;
use crate::launch::{folder, launch, Files, Host};
use crate::lock::lock;
use crate::qemu;
use crate::qmp::Qmp;
use crate::vm::Vm;

/// How many are kept; each takes the memory that its guest uses, some 200 MB.
const KEEP: usize = 8;
/// What the guest's first process leaves as a mark when it is up (`guest/work`).
const MARK: &str = "kept";
/// How long a boot, and writing or reading its state, may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How often QEMU is asked whether it is done.
const LOOK: Duration = Duration::from_millis(10);
/// More goes through a serial port at once than the guest's kernel has room for.
const ROOM: usize = 48 << 10;

/// A machine that has moved tells its network; these have not. Without the second word QEMU 10.0 crashes when
/// such a NIC is reset.
const QUIET: [&str; 4] = [
    "-global",
    "migration.announce-rounds=0",
    "-global",
    "virtio-net-device.guest_announce=off",
];

/// Whether a guest can go on from a kept boot: what QEMU's state leaves out it must not have.
pub(crate) fn can(config: &VmConfig, accel: Accel) -> bool {
    let cable = |nic: &Nic| matches!(nic, Nic::Cable { queues: 0 | 1 });
    accel == Accel::Tcg
        && !config.icount
        && config.root.is_none()
        && config.gdb.is_none()
        && config.instructions.is_none()
        && config.nics.iter().all(cable)
        && matches!(config.work, Work::Script(_))
}

/// A guest that goes on from the kept boot of its kind, which is made if there is none.
pub(crate) fn go_on(config: VmConfig, host: &Host) -> Result<Vm> {
    let begin = Instant::now();
    let own = initramfs::own(&config)?;
    if own.len() > ROOM {
        return Err(Error::Other(format!(
            "the script and the files of a guest that goes on from a kept boot have {} bytes, and at \
             most {ROOM} get to it: give it what is larger by `copy`",
            own.len()
        )));
    }
    let initrd = initramfs::build_kept(&config, host.layout, host.kernel)?;
    let boots = host.layout.cache.join("boots");
    fs::create_dir_all(&boots).map_err(Error::at("make", &boots))?;
    let kept = Kept(boots.join(key(&config, host, &initrd)?));
    // Until the guest is up: what is used must not be thrown away, nor made twice.
    let lock = lock(&boots.join("lock"))?;
    if !kept.state().is_file() {
        kept.make(&config, host, &initrd)?;
        forget(&boots)?;
    }
    let mut vm = kept.start(config, begin, host)?;
    drop(lock);
    vm.hand_over(&own)?;
    Ok(vm)
}

/// A folder with a boot.
struct Kept(PathBuf);

impl Kept {
    fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    /// Boots and keeps.
    fn make(&self, config: &VmConfig, host: &Host, initrd: &[u8]) -> Result<()> {
        // It has its name when it is whole.
        let parent = self.0.parent().unwrap_or(Path::new("."));
        let made = tempfile::Builder::new().prefix("new-").tempdir_in(parent);
        let made = made.map_err(Error::at("make a folder in", parent))?;
        let whole = Kept(made.path().to_owned());
        let files = Files::write(config, host.kernel, initrd, made.path())?;
        let dir = folder()?;
        let config = config.clone().timeout(None).verbose(false);
        let mut vm = launch(
            config,
            Instant::now(),
            host,
            Accel::Tcg,
            &files,
            dir,
            QUIET.map(OsString::from).to_vec(),
        )?;
        vm.wait_mark(MARK, LIMIT)?;
        let mut qmp = Qmp::connect(vm.dir())?;
        qmp.ask("stop", json!({}))?;
        let file = format!("file:{}", whole.state().display());
        qmp.ask("migrate", json!({ "uri": file }))?;
        until(|| {
            let said = qmp.ask("query-migrate", json!({}))?;
            match said["status"].as_str() {
                Some("completed") => Ok(Some(())),
                Some("failed" | "cancelled") => Err(Error::Other(format!(
                    "QEMU cannot write the state of a guest to {}: {said}",
                    whole.state().display()
                ))),
                _ => Ok(None),
            }
        })?;
        fs::write(whole.log(), vm.console()).map_err(Error::at("write", &whole.log()))?;
        drop(vm);
        fs::rename(made.keep(), &self.0).map_err(Error::at("make", &self.0))
    }

    /// Starts a guest that goes on from here.
    fn start(&self, config: VmConfig, begin: Instant, host: &Host) -> Result<Vm> {
        let state = self.state();
        // What is used last is forgotten last.
        let used = File::open(&state).and_then(|file| file.set_modified(SystemTime::now()));
        used.map_err(Error::at("use", &state))?;
        let log = fs::read_to_string(self.log()).map_err(Error::at("read", &self.log()))?;
        let files = Files {
            image: self.0.join("vmlinux"),
            initrd: self.0.join("initrd"),
        };
        let mut words = QUIET.map(OsString::from).to_vec();
        words.extend([
            "-incoming".into(),
            format!("file:{}", state.display()).into(),
        ]);
        let dir = folder()?;
        let mut vm = launch(config, begin, host, Accel::Tcg, &files, dir, words)?;
        vm.wrote(&log)?;
        let ran = resume(&mut vm);
        ran.map_err(|error| {
            Error::Other(format!(
                "a guest does not go on from {}: {error} {}",
                self.0.display(),
                vm.complaint().trim()
            ))
        })?;
        Ok(vm)
    }
}

/// Lets it run once its state is in.
fn resume(vm: &mut Vm) -> Result<()> {
    let mut qmp = until(|| {
        vm.still_there()?;
        Ok(Qmp::connect(vm.dir()).ok())
    })?;
    until(|| {
        let status = qmp.ask("query-status", json!({}))?;
        match status["status"].as_str() {
            Some("inmigrate") => Ok(None),
            // So it was when its state was written.
            Some("paused") => Ok(Some(())),
            _ => Err(Error::Other(format!("its status is {status}"))),
        }
    })?;
    qmp.ask("cont", json!({})).map(drop)
}

/// Asks until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let end = Instant::now() + LIMIT;
    loop {
        match ask()? {
            Some(answer) => return Ok(answer),
            None if Instant::now() > end => {
                return Err(Error::Other(format!("QEMU took more than {LIMIT:?}")))
            }
            None => thread::sleep(LOOK),
        }
    }
}

/// The name of all guests that are the same until they work. A guest has measured the host's clock, so
/// none goes on after a boot of the host; nor does one in another QEMU.
fn key(config: &VmConfig, host: &Host, initrd: &[u8]) -> Result<String> {
    let here = Path::new("");
    let boot = Path::new("/proc/sys/kernel/random/boot_id");
    let mut hash = DefaultHasher::new();
    fs::read_to_string(boot)
        .map_err(Error::at("read", boot))?
        .hash(&mut hash);
    (&host.program, host.program.installed()).hash(&mut hash);
    initrd.hash(&mut hash);
    qemu::arguments(config, here, here, Accel::Tcg, here).hash(&mut hash);
    (config.nics.len(), QUIET).hash(&mut hash);
    Ok(format!("{}-{:016x}", host.kernel.release, hash.finish()))
}

/// Removes all but the [`KEEP`] that were used last, and what was not finished.
fn forget(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(Error::at("read", folder))?;
    let folders = entries.flatten().map(|entry| entry.path());
    let mut all: Vec<(Option<SystemTime>, PathBuf)> = folders
        .filter(|path| path.is_dir())
        .map(|path| {
            let state = fs::metadata(path.join("state")).and_then(|about| about.modified());
            let whole = state.ok().filter(|_| path.join("log").is_file());
            (whole, path)
        })
        .collect();
    all.sort();
    let old = all.len().saturating_sub(KEEP);
    for (n, (used, path)) in all.into_iter().enumerate() {
        if used.is_none() || n < old {
            fs::remove_dir_all(&path).map_err(Error::at("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_used_stay_and_what_is_unfinished_goes() {
        let dir = tempfile::tempdir().expect("a folder");
        let make = |name: &str, age: u64, log: bool| {
            let kept = dir.path().join(name);
            fs::create_dir(&kept).expect("a folder");
            let state = File::create(kept.join("state")).expect("a file");
            let used = SystemTime::now() - Duration::from_secs(age);
            state.set_modified(used).expect("its time");
            if log {
                fs::write(kept.join("log"), "").expect("a file");
            }
        };
        // The oldest has the last name, so that names do not decide.
        (0..KEEP + 2).for_each(|n| make(&format!("boot-{n:02}"), n as u64 * 10, true));
        make("new-abc", 0, false);
        fs::write(dir.path().join("lock"), "").expect("a file");
        forget(dir.path()).expect("some are forgotten");
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .expect("the folder")
            .flatten()
            .collect();
        names.sort_by_key(|entry| entry.file_name());
        let names: Vec<_> = names
            .into_iter()
            .flat_map(|entry| entry.file_name().into_string())
            .collect();
        let mut wanted: Vec<_> = (0..KEEP).map(|n| format!("boot-{n:02}")).collect();
        wanted.push("lock".into());
        assert_eq!(names, wanted);
    }

    #[test]
    fn only_what_a_state_has_can_go_on() {
        let plain = || VmConfig::new("k").nic(1);
        assert!(can(&plain(), Accel::Tcg));
        assert!(!can(&plain(), Accel::Kvm));
        for other in [
            plain().icount(),
            plain().root("/image"),
            plain().gdb(0),
            plain().instructions("/folder"),
            plain().nic(2),
            plain().any_nic(Nic::OvsDpdk),
            plain().shell(24, 80),
        ] {
            assert!(!can(&other, Accel::Tcg), "{other:?}");
        }
    }
}
