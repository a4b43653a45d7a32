// SPDX-License-Identifier: GPL-2.0
//! Every effect on the machine goes through [`System`]: the real kernel, a recorder that only
//! says what it would do (`--dry-run`), or the in-memory kernel of the tests.

mod apart;
pub(crate) mod channels;
pub(crate) mod coalescing;
mod ethtool;
mod events;
#[cfg(test)]
pub(crate) mod fake;
mod files;
mod kernel_log;
mod links;
pub(crate) mod noise;
pub(crate) mod real;
pub(crate) mod rings;
mod service;
mod system_log;

use std::any::Any;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::Duration;

use kbp_uapi::{kbp_change, kbp_core_status, kbp_info, kbp_napi_status};
use kbp_verify::Report;

use channels::{Channels, Counts};
use coalescing::Coalescing;
use noise::CoreNoise;
use rings::Rings;

/// What to do with a [`kbp_change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Enable,
    Disable,
    Configure,
}

impl Request {
    /// The word in messages.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Request::Enable => "enable",
            Request::Disable => "disable",
            Request::Configure => "configure",
        }
    }
}

/// A file that is too large to be held, or that is read more than once.
pub(crate) trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Something that the kernel said by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A core went off line or came back.
    Core,
    /// Something of a device, at this path below /sys.
    Device(String),
    /// Something of the interface with this ifindex.
    Link(i32),
    /// Something that ethtool shows, such as the number of queues, changed.
    Queues,
    /// There was more than was kept.
    Lost,
    /// A signal asks to end.
    End,
}

/// Where the kernel says such things.
pub(crate) trait Events {
    /// What came, as soon as something has; nothing when the time is over.
    fn wait(&mut self, longest: Duration) -> io::Result<Vec<Event>>;
}

/// A process that goes on when its command has ended.
pub(crate) trait Apart {
    /// Says what the command is to say; it ends then. From here on nobody reads what is printed.
    fn answer(&self, words: &[u8]);
    /// Whether somebody asks this process to end.
    fn is_to_end(&self) -> bool;
}

/// Holds the lock file until dropped.
pub(crate) type LockGuard = Box<dyn Any>;

/// The operations kbpctl needs from the machine. Errors carry the errno.
pub(crate) trait System {
    /// The text of a small file, for example of sysfs or procfs.
    fn read(&self, path: &Path) -> io::Result<String>;
    /// The content of a small file that is no text.
    fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// A regular file of any size.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Source>>;
    /// Writes a file of kbpctl's own, its folders too: whole, or not at all, and on the disk when
    /// this returns. A link stays one: what it leads to is written.
    fn store(&self, path: &Path, text: &str) -> io::Result<()>;
    /// The same of a file for programs of other users: its mode is 0644.
    fn publish(&self, path: &Path, text: &str) -> io::Result<()>;
    /// Writes a new file that only its owner may read; one that is there is an error.
    fn create(&self, path: &Path, content: &[u8]) -> io::Result<()>;
    /// Whether `bytes` could be written to a file, which need not be there: as far as that can be
    /// told without doing it.
    fn may_write(&self, path: &Path, bytes: usize) -> io::Result<()>;
    /// Takes a file of kbpctl's own away; one that is not there is no error.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Checks a kernel image. Here because the kernel in memory of the tests has none to check.
    fn analyse(&self, image: Box<dyn Source>, config: Option<&str>) -> kbp_verify::Result<Report> {
        kbp_verify::verify(image, config)
    }
    /// The names in a folder, sorted.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Whether `path` exists.
    fn exists(&self, path: &Path) -> bool;
    /// The permissions of a file, as in `chmod`.
    fn mode(&self, path: &Path) -> io::Result<u32>;
    /// Writes a value to a file of sysfs or procfs.
    fn write(&self, path: &Path, value: &str) -> io::Result<()>;
    /// The answer to a question at a Unix socket.
    fn ask(&self, socket: &Path, question: &str) -> io::Result<String>;
    /// Says something at a Unix socket that changes whoever listens.
    fn tell(&self, socket: &Path, words: &str) -> io::Result<()>;
    /// finit_module(2), or init_module(2) with what was packed in the file. `name` is the module's
    /// name.
    fn insert_module(&self, name: &str, file: &Path, unpacked: Option<&[u8]>) -> io::Result<()>;
    /// delete_module(2), not blocking.
    fn delete_module(&self, name: &str) -> io::Result<()>;
    /// `KBP_IOC_INFO`. `NotFound` when there is no /dev/kbp.
    fn info(&self) -> io::Result<kbp_info>;
    /// `KBP_IOC_CORE_STATUS`.
    fn core_status(&self, status: &mut kbp_core_status) -> io::Result<()>;
    /// `KBP_IOC_NAPI_STATUS`. `NotFound` when there is no such record.
    fn napi_status(&self, status: &mut kbp_napi_status) -> io::Result<()>;
    /// `KBP_IOC_ENABLE`, `_DISABLE` or `_CONFIGURE`; on failure `change` says which step failed.
    fn change(&self, request: Request, change: &mut kbp_change) -> io::Result<()>;
    /// The records of the kernel's log, as /dev/kmsg has them.
    fn kernel_log(&self) -> io::Result<Vec<String>>;
    /// Time since 1970.
    fn date(&self) -> Duration;
    /// Time since some fixed moment.
    fn now(&self) -> Duration;
    /// Time since the boot, in which the machine may have slept.
    fn since_boot(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
    /// Runs `act` in a process of its own, in no session of anybody. Answers what it says first.
    /// `purpose`: what it does later.
    fn apart(&self, purpose: &str, act: &mut dyn FnMut(&dyn Apart)) -> io::Result<Vec<u8>>;
    /// The interface that also has this name (`altname` of ip link). `ENODEV` when there is none.
    fn other_name_of(&self, name: &str) -> io::Result<String>;
    /// How many queues a NIC has and can have. `EOPNOTSUPP`: its driver has none to set.
    fn channels(&self, interface: &str) -> io::Result<Channels>;
    /// Has a NIC use so many queues.
    fn set_channels(&self, interface: &str, counts: &Counts) -> io::Result<()>;
    /// How long a NIC's receive interrupts wait. `EOPNOTSUPP`: its driver does not say.
    fn coalescing(&self, interface: &str) -> io::Result<Coalescing>;
    /// How large a NIC's receive rings are. `EOPNOTSUPP`: its driver does not say.
    fn rings(&self, interface: &str) -> io::Result<Rings>;
    /// Keeps each of these cores busy for so long, and sees when others have it.
    fn noise(&self, cores: &[u32], time: Duration) -> io::Result<Vec<CoreNoise>>;
    /// What changes from now on.
    fn events(&self) -> io::Result<Box<dyn Events + '_>>;
    /// Tells the service manager that started kbpctl, if one did.
    fn notify(&self, words: &str) -> io::Result<()>;
    /// The kernel release, as `uname -r` prints it.
    fn release(&self) -> String;
    /// Whether the process has CAP_NET_ADMIN and CAP_SYS_MODULE: `(net_admin, sys_module)`.
    fn capabilities(&self) -> (bool, bool);
    /// Takes the lock file, or says `None` when another process holds it. The file holds the pid
    /// of the holder.
    fn try_lock(&self, path: &Path) -> io::Result<Option<LockGuard>>;
    /// Says something while the command runs, on standard error; the journal has it of a service.
    fn log(&self, line: &str);
    /// Says something that nobody waits for: in the system's log, or without one in the kernel's.
    fn system_log(&self, line: &str);
    /// Whether standard error is a terminal.
    fn stderr_is_terminal(&self) -> bool;
    /// What a dry run would have done; `None` when the effects are real.
    fn recorded(&self) -> Option<Vec<String>> {
        None
    }
}
