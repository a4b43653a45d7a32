// SPDX-License-Identifier: GPL-2.0
//! The running kernel.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use kbp_uapi::{client, kbp_change, kbp_core_status, kbp_info, kbp_napi_status};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::kmod::{self, DeleteModuleFlags, ModuleInitFlags};
use nix::sys::socket::{socket, AddressFamily, SockFlag, SockType, UnixAddr};
use nix::sys::utsname::uname;
use nix::time::{clock_gettime, ClockId};
use procfs_core::process::Status;
use procfs_core::FromBufRead;

use super::channels::{Channels, Counts};
use super::coalescing::Coalescing;
use super::events::Sockets;
use super::noise::{self, CoreNoise};
use super::rings::Rings;
use super::{
    apart, ethtool, files, kernel_log, links, service, system_log, Apart, Events, LockGuard,
    Request, Source, System,
};

/// More than any file has that is read as a whole; others, such as /dev/zero, have no end.
const SMALL: u64 = 16 << 20;

/// How long somebody at a socket may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bits of a capability set, of linux/capability.h.
const CAP_NET_ADMIN: u64 = 1 << 12;
const CAP_SYS_MODULE: u64 = 1 << 16;

/// The running kernel.
pub(crate) struct Kernel {
    start: Instant,
}

impl Kernel {
    pub(crate) fn new() -> Kernel {
        Kernel {
            start: Instant::now(),
        }
    }
}

impl System for Kernel {
    fn read(&self, path: &Path) -> io::Result<String> {
        // Names of tasks may hold any byte.
        Ok(String::from_utf8_lossy(&self.read_bytes(path)?).into_owned())
    }

    fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut data = Vec::new();
        files::open(path)?.take(SMALL + 1).read_to_end(&mut data)?;
        match data.len() as u64 > SMALL {
            true => Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it is longer than {} MiB", SMALL >> 20),
            )),
            false => Ok(data),
        }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(files::open(path)?))
    }

    fn store(&self, path: &Path, text: &str) -> io::Result<()> {
        files::store(path, text, None)
    }

    fn publish(&self, path: &Path, text: &str) -> io::Result<()> {
        files::store(path, text, Some(0o644))
    }

    fn create(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        files::create(path, content)
    }

    fn may_write(&self, path: &Path, bytes: usize) -> io::Result<()> {
        files::may_write(path, bytes)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = fs::read_dir(path)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn mode(&self, path: &Path) -> io::Result<u32> {
        Ok(fs::metadata(path)?.permissions().mode())
    }

    fn write(&self, path: &Path, value: &str) -> io::Result<()> {
        OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(value.as_bytes())
    }

    fn ask(&self, socket: &Path, question: &str) -> io::Result<String> {
        let mut stream = connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(question.as_bytes())?;
        let mut answer = Vec::new();
        stream.take(SMALL).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn tell(&self, socket: &Path, words: &str) -> io::Result<()> {
        // Whoever listens has acted when it closes.
        self.ask(socket, words).map(drop)
    }

    fn insert_module(&self, _name: &str, file: &Path, unpacked: Option<&[u8]>) -> io::Result<()> {
        match unpacked {
            Some(image) => kmod::init_module(image, c"")?,
            None => kmod::finit_module(files::open(file)?, c"", ModuleInitFlags::empty())?,
        }
        Ok(())
    }

    fn delete_module(&self, name: &str) -> io::Result<()> {
        let name = std::ffi::CString::new(name)?;
        Ok(kmod::delete_module(&name, DeleteModuleFlags::O_NONBLOCK)?)
    }

    fn info(&self) -> io::Result<kbp_info> {
        client::info()
    }

    fn core_status(&self, status: &mut kbp_core_status) -> io::Result<()> {
        *status = client::core_status(status.core)?;
        Ok(())
    }

    fn napi_status(&self, status: &mut kbp_napi_status) -> io::Result<()> {
        *status = client::napi_status(status.core, status.index)?;
        Ok(())
    }

    fn change(&self, request: Request, change: &mut kbp_change) -> io::Result<()> {
        match request {
            Request::Enable => client::enable(change),
            Request::Disable => client::disable(change),
            Request::Configure => client::configure(change),
        }
    }

    fn kernel_log(&self) -> io::Result<Vec<String>> {
        kernel_log::read()
    }

    fn date(&self) -> Duration {
        // A clock that was never set may be before that.
        let date = SystemTime::now().duration_since(UNIX_EPOCH);
        date.unwrap_or_default()
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn since_boot(&self) -> Duration {
        // Every kernel that KBP serves has this clock.
        let now = clock_gettime(ClockId::CLOCK_BOOTTIME);
        now.map_or_else(|_| self.now(), Duration::from)
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn apart(&self, _purpose: &str, act: &mut dyn FnMut(&dyn Apart)) -> io::Result<Vec<u8>> {
        apart::run(act)
    }

    fn other_name_of(&self, name: &str) -> io::Result<String> {
        links::other_name_of(name)
    }

    fn channels(&self, interface: &str) -> io::Result<Channels> {
        ethtool::channels(interface)
    }

    fn set_channels(&self, interface: &str, counts: &Counts) -> io::Result<()> {
        ethtool::set_channels(interface, counts)
    }

    fn coalescing(&self, interface: &str) -> io::Result<Coalescing> {
        ethtool::coalescing(interface)
    }

    fn rings(&self, interface: &str) -> io::Result<Rings> {
        ethtool::rings(interface)
    }

    fn noise(&self, cores: &[u32], time: Duration) -> io::Result<Vec<CoreNoise>> {
        noise::measure(cores, time)
    }

    fn events(&self) -> io::Result<Box<dyn Events + '_>> {
        Ok(Box::new(Sockets::open()?))
    }

    fn notify(&self, words: &str) -> io::Result<()> {
        match std::env::var_os("NOTIFY_SOCKET") {
            Some(address) => service::notify(&address, words),
            None => Ok(()),
        }
    }

    fn release(&self) -> String {
        // The only error would be a bad address.
        uname().map_or_else(
            |_| String::new(),
            |names| names.release().to_string_lossy().into_owned(),
        )
    }

    fn capabilities(&self) -> (bool, bool) {
        // Where /proc does not say, the kernel will.
        own_status(self).map_or((true, true), |status| {
            (
                status.capeff & CAP_NET_ADMIN != 0,
                status.capeff & CAP_SYS_MODULE != 0,
            )
        })
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<LockGuard>> {
        // O_NOFOLLOW: in /tmp another user could have put a link of this name.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(path)?;
        let mut file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => file,
            Err((_, Errno::EWOULDBLOCK)) => return Ok(None),
            Err((_, errno)) => return Err(errno.into()),
        };
        // The pid is for people, and a full /run is no reason to do nothing; the lock itself ends
        // with the process, however that ends.
        let _ = file
            .set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Some(Box::new(file)))
    }

    fn log(&self, line: &str) {
        // Who does not read it does not stop the command.
        let _ = writeln!(io::stderr(), "kbpctl: {line}");
    }

    fn system_log(&self, line: &str) {
        system_log::say(line);
    }

    fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }
}

/// Somebody who is stopped takes no connection: whose queue is full is not waited for.
fn connect(path: &Path) -> io::Result<UnixStream> {
    let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
    let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
    nix::sys::socket::connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// What the kernel says of this process.
fn own_status(sys: &dyn System) -> Option<Status> {
    let text = sys.read(Path::new("/proc/self/status")).ok()?;
    Status::from_buf_read(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_or_has_no_end_is_refused() {
        let kernel = Kernel::new();
        let refused = |error: io::Error| error.kind();
        let endless = tempfile::NamedTempFile::new().expect("a file");
        endless.as_file().set_len(SMALL + 1).expect("a length");
        assert_eq!(
            kernel.read(endless.path()).map_err(refused),
            Err(io::ErrorKind::FileTooLarge)
        );
        for (path, kind) in [
            ("/dev/zero", io::ErrorKind::InvalidInput),
            ("/dev", io::ErrorKind::IsADirectory),
            ("/dev/none", io::ErrorKind::NotFound),
        ] {
            let opened = kernel.open(Path::new(path)).map(|_| ());
            assert_eq!(opened.map_err(refused), Err(kind), "{path}");
            let read = kernel.read(Path::new(path)).map(|_| ());
            assert_eq!(read.map_err(refused), Err(kind), "{path}");
        }
    }

    #[test]
    fn who_takes_no_connection_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deaf.sock");
        let listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
        let kernel = Kernel::new();
        // It listens, and never takes one. Its queue is full at some time.
        let mut waiting = Vec::new();
        let error = loop {
            match connect(&path) {
                Ok(stream) => waiting.push(stream),
                Err(error) => break error,
            }
            assert!(waiting.len() < 100_000);
        };
        assert_eq!(error.raw_os_error(), Some(nix::libc::EAGAIN));
        assert!(kernel.ask(&path, "setup").is_err());
        drop(listener);
    }

    #[test]
    fn the_capabilities_of_this_process_are_known() {
        let status = own_status(&Kernel::new()).expect("a status that can be read");
        let pid = i32::try_from(std::process::id()).expect("a pid");
        assert_eq!(status.pid, pid);
        // Nobody has more than he may have.
        assert_eq!(status.capeff & !status.capprm, 0);
    }
}
