// SPDX-License-Identifier: GPL-2.0
//! QEMU's threads, as /proc shows them.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::Pid;

use crate::error::{Error, Result};

/// The threads of one process.
#[derive(Debug, Clone)]
pub(crate) struct Threads {
    folder: PathBuf,
}

impl Threads {
    /// Those of the process `pid`.
    pub(crate) fn of(pid: u32) -> Threads {
        Threads {
            folder: format!("/proc/{pid}/task").into(),
        }
    }

    /// The thread that is a virtual CPU. With `debug-threads=on` QEMU calls it `CPU 1/TCG` or `CPU 1/KVM`.
    pub(crate) fn of_cpu(&self, cpu: u32) -> Result<Pid> {
        let start = format!("CPU {cpu}/");
        let name = |thread: &Pid| fs::read_to_string(self.file(*thread, "comm"));
        let mut all = self.all().into_iter();
        all.find(|thread| name(thread).is_ok_and(|name| name.starts_with(&start)))
            .ok_or_else(|| {
                Error::Other(format!(
                    "no thread of QEMU is CPU {cpu} alone: name one of the guest's CPUs, in a guest without --icount"
                ))
            })
    }

    /// For how long a thread has run so far.
    pub(crate) fn ran(&self, thread: Pid) -> Duration {
        self.schedstat(thread).0
    }

    /// For how long each thread that there is has been ready to run and had no CPU of the host.
    pub(crate) fn waited(&self) -> Vec<Duration> {
        let all = self.all().into_iter();
        all.map(|thread| self.schedstat(thread).1).collect()
    }

    /// None when the process is gone.
    fn all(&self) -> Vec<Pid> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name());
        names
            .filter_map(|name| name.to_str()?.parse().ok())
            .map(Pid::from_raw)
            .collect()
    }

    fn file(&self, thread: Pid, name: &str) -> PathBuf {
        self.folder.join(thread.to_string()).join(name)
    }

    /// How long it ran and how long it waited; zero when it is gone.
    fn schedstat(&self, thread: Pid) -> (Duration, Duration) {
        let text = fs::read_to_string(self.file(thread, "schedstat")).unwrap_or_default();
        let mut times = text
            .split_whitespace()
            .map(|word| word.parse().map_or(Duration::ZERO, Duration::from_nanos));
        let mut next = || times.next().unwrap_or_default();
        (next(), next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_found_by_name_and_their_times_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        for (thread, name, times) in [
            ("10", "qemu-system-x86", "5 7 1"),
            ("11", "CPU 0/TCG", "1000 2000 3"),
            ("12", "CPU 10/TCG", "1 1 1"),
            ("13", "CPU 1/TCG", "4000 6000 9"),
        ] {
            let place = folder.path().join(thread);
            fs::create_dir(&place).expect("a folder");
            fs::write(place.join("comm"), format!("{name}\n")).expect("a file");
            fs::write(place.join("schedstat"), format!("{times}\n")).expect("a file");
        }
        let threads = Threads {
            folder: folder.path().into(),
        };
        let thread = threads.of_cpu(1).expect("a thread");
        assert_eq!(thread, Pid::from_raw(13));
        assert_eq!(threads.ran(thread), Duration::from_nanos(4000));
        let sum: Duration = threads.waited().into_iter().sum();
        assert_eq!(sum, Duration::from_nanos(8008));
        let error = threads.of_cpu(2).unwrap_err().to_string();
        assert!(error.contains("is CPU 2 alone: name one of"), "{error}");
    }

    #[test]
    fn who_is_gone_has_no_threads_and_no_times() {
        let nobody = Threads {
            folder: "/no/such/process".into(),
        };
        assert!(nobody.waited().is_empty() && nobody.of_cpu(0).is_err());
        assert_eq!(nobody.ran(Pid::from_raw(1)), Duration::ZERO);
    }
}
