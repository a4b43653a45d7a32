// SPDX-License-Identifier: GPL-2.0
//! Open vSwitch's programs: where they are, and their command lines.
//!
//! They are Debian's, in a root of their own in the cache, and run outside of it by its loader, as QEMU does.
//! All their folders are the run's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::program::in_root;

/// The name of the one bridge.
pub(super) const BRIDGE: &str = "br0";
/// The daemon with DPDK.
const DAEMON: &str = "usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk";
const SCHEMA: &str = "usr/share/openvswitch/vswitch.ovsschema";
/// Where DPDK's plugins are; the folder below has DPDK's number in its name.
const PLUGINS: &str = "usr/lib/x86_64-linux-gnu/dpdk";
/// Seconds that a change of the configuration may take.
const PATIENCE: u32 = 30;

/// The programs in `root`, with their files in `dir`.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    root: PathBuf,
    dir: PathBuf,
}

impl Programs {
    pub(super) fn find(root: &Path, dir: &Path) -> Result<Programs> {
        // The stamp of a finished root: half a root is none.
        if !root.join(".kbp-done").is_file() || !root.join(DAEMON).is_file() {
            return Err(Error::NoSwitch(
                "it is not in the cache: run `kbuild/kbuild.sh ovs`".into(),
            ));
        }
        let dir = dir.join("ovs");
        fs::create_dir_all(&dir).map_err(Error::at("make", &dir))?;
        Ok(Programs {
            root: root.into(),
            dir,
        })
    }

    /// A file of the run's.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(super) fn database_socket(&self) -> PathBuf {
        self.file("db.sock")
    }

    fn remote(&self) -> String {
        format!("unix:{}", self.database_socket().display())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = in_root(&self.root, program);
        for folder in [
            "OVS_RUNDIR",
            "OVS_DBDIR",
            "OVS_LOGDIR",
            "OVS_SYSCONFDIR",
            "RUNTIME_DIRECTORY",
        ] {
            command.env(folder, &self.dir);
        }
        command
    }

    /// The folder with DPDK's plugins.
    pub(super) fn plugins(&self) -> Result<PathBuf> {
        let folder = self.root.join(PLUGINS);
        let entries = fs::read_dir(&folder).map_err(Error::at("read", &folder))?;
        let plugins = |path: &PathBuf| path.is_dir();
        entries
            .flatten()
            .map(|entry| entry.path())
            .find(plugins)
            .ok_or_else(|| {
                Error::NoSwitch(format!(
                    "{} has no plugins of DPDK: run `kbuild/kbuild.sh ovs`",
                    folder.display()
                ))
            })
    }

    pub(super) fn create_database(&self) -> Result<()> {
        let mut command = self.command("usr/bin/ovsdb-tool");
        command
            .arg("create")
            .arg(self.file("conf.db"))
            .arg(self.root.join(SCHEMA));
        output(command).map(drop)
    }

    pub(super) fn database_server(&self) -> Command {
        let mut command = self.command("usr/sbin/ovsdb-server");
        command
            .arg(self.file("conf.db"))
            .arg(format!("--remote=p{}", self.remote()))
            .arg(format!("--unixctl={}", self.file("db.ctl").display()));
        command
    }

    pub(super) fn daemon(&self) -> Command {
        let mut command = self.command(DAEMON);
        command
            .arg(self.remote())
            .arg(format!("--unixctl={}", self.file("vswitchd.ctl").display()))
            .arg(format!(
                "--log-file={}",
                self.file("vswitchd.log").display()
            ))
            .arg("-vconsole:off");
        command
    }

    /// Changes the configuration, or asks for it. Waits until the daemon has taken it over unless `--no-wait` is a word.
    pub(super) fn configure(&self, words: &[&str]) -> Result<String> {
        let mut command = self.command("usr/bin/ovs-vsctl");
        command
            .arg(format!("--db={}", self.remote()))
            .arg(format!("--timeout={PATIENCE}"))
            .args(words);
        output(command)
    }

    /// What the daemon answers to a command of `ovs-appctl`.
    pub(super) fn control(&self, words: &[&str]) -> Result<String> {
        let mut command = self.command("usr/bin/ovs-appctl");
        command
            .arg(format!("--timeout={PATIENCE}"))
            .arg("-t")
            .arg(self.file("vswitchd.ctl"))
            .args(words);
        output(command)
    }

    /// The last line of the daemon's log that tells of an error or a failure, to be added to a sentence.
    pub(super) fn last_complaint(&self) -> String {
        let log = fs::read_to_string(self.file("vswitchd.log")).unwrap_or_default();
        complaint(&log).map_or_else(String::new, |text| format!("; its log says: {text}"))
    }
}

fn complaint(log: &str) -> Option<&str> {
    let bad = |line: &&str| ["|ERR|", "|EMER|"].iter().any(|level| line.contains(level));
    log.lines().rfind(bad)?.splitn(5, '|').nth(4)
}

/// What a command says; an error with its complaint if it fails.
fn output(mut command: Command) -> Result<String> {
    let failed = |why: String| Error::NoSwitch(why);
    let done = command
        .output()
        .map_err(|error| failed(format!("cannot start {command:?}: {error}")))?;
    if !done.status.success() {
        return Err(failed(
            String::from_utf8_lossy(&done.stderr)
                .trim()
                .replace('\n', "; "),
        ));
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_is_not_there_names_the_cure() {
        let folder = tempfile::tempdir().unwrap();
        let error = Programs::find(folder.path(), folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("run `kbuild/kbuild.sh ovs`"),
            "{error}"
        );
        assert!(matches!(error, Error::NoSwitch(_)));
    }

    #[test]
    fn everything_of_a_run_is_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root-ovs");
        fs::create_dir_all(root.join(DAEMON).parent().unwrap()).unwrap();
        fs::write(root.join(DAEMON), "").unwrap();
        fs::write(root.join(".kbp-done"), "").unwrap();
        let programs = Programs::find(&root, folder.path()).unwrap();
        let own = folder.path().join("ovs");
        for command in [programs.database_server(), programs.daemon()] {
            let root = root.to_string_lossy();
            for word in command
                .get_args()
                .filter(|word| word.to_string_lossy().contains('/'))
            {
                let word = word.to_string_lossy();
                assert!(
                    word.contains(&*own.to_string_lossy()) || word.contains(&*root),
                    "{word}"
                );
            }
            for (name, value) in command.get_envs().filter(|(_, value)| value.is_some()) {
                assert_eq!(value.unwrap(), own, "{name:?}");
            }
        }
    }

    #[test]
    fn the_last_complaint_counts() {
        let log = "t|1|dpdk|ERR|EAL: first\nt|2|dpif|WARN|no\nt|3|dpdk|EMER|Unable to initialize DPDK: x\nt|4|bridge|INFO|y\n";
        assert_eq!(complaint(log), Some("Unable to initialize DPDK: x"));
        assert_eq!(complaint("t|1|a|INFO|b\n"), None);
    }
}
