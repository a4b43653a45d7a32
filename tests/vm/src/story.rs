// SPDX-License-Identifier: GPL-2.0
//! A story: a guest, a script, and the judgement on both.

use std::path::Path;
use std::time::Duration;

use kbp_vm::cache::Layout;
use kbp_vm::udp::Load;
use kbp_vm::{image, Outcome, Result, Verdict, Vm, VmConfig};

use crate::{host, ready, turn};

/// The words that every script may use.
const WORDS: [&str; 8] = [
    include_str!("../guest/lib.sh"),
    include_str!("../guest/kbp.sh"),
    include_str!("../guest/receive.sh"),
    include_str!("../guest/traffic.sh"),
    include_str!("../guest/disturb.sh"),
    include_str!("../guest/testnic.sh"),
    include_str!("../guest/veth.sh"),
    include_str!("../guest/napi.sh"),
];
/// What a script prints when it has come to its end; without it an early `exit 0` would pass.
const END: &str = "@end";
/// How much of the kernel's log a failure shows.
const LOG_LINES: usize = 40;

/// The kernel of stories that name none: `KBP_KERNEL`, or the newest that Debian stable can run.
pub fn default_kernel() -> String {
    match std::env::var("KBP_KERNEL") {
        Ok(kernel) if !kernel.is_empty() => kernel,
        _ => "trixie-backports".to_owned(),
    }
}

/// A story to be told to a guest.
#[derive(Debug)]
pub struct Story {
    what: String,
    kernel: String,
    config: VmConfig,
    debian: bool,
    limit: Duration,
    load: Load,
    warning: String,
    script: String,
}

impl Story {
    /// A story that shows `what`, in a guest with two CPUs and the NIC eth0.
    pub fn new(what: &str) -> Story {
        let kernel = default_kernel();
        Story {
            what: what.into(),
            config: VmConfig::new(&kernel).nic(1),
            kernel,
            debian: false,
            limit: Duration::from_secs(180),
            load: Load {
                count: 1500,
                rate: 1000,
                flows: 4,
                drain: Duration::from_secs(5),
                ..Load::default()
            },
            warning: String::new(),
            script: String::new(),
        }
    }

    /// Tells it to a guest with this kernel (suite or release), whatever `KBP_KERNEL` says.
    pub fn kernel(mut self, kernel: &str) -> Self {
        self.config = self.config.kernel(kernel);
        self.kernel = kernel.into();
        self
    }

    /// The number of virtual CPUs.
    pub fn smp(mut self, cpus: u32) -> Self {
        self.config = self.config.smp(cpus);
        self
    }

    /// One more stock module for `modprobe`.
    pub fn module(mut self, name: &str) -> Self {
        self.config = self.config.module(name);
        self
    }

    /// A program of the toolchain root; a bare `ip` still is busybox's, `/bin/ip` is not.
    pub fn tool(mut self, name: &str) -> Self {
        self.config = self.config.tool(name);
        self
    }

    /// In a guest with a real Debian: its systemd has booted it, and there is podman. The words of
    /// stories are busybox's all the same.
    pub fn debian(mut self) -> Self {
        self.debian = true;
        self
    }

    /// A script that runs in that Debian before it boots, to install something.
    pub fn before(mut self, script: &str) -> Self {
        self.config = self.config.before(script);
        self
    }

    /// A file or folder of the host for the guest.
    pub fn copy(mut self, host: &Path, guest: &str) -> Self {
        self.config = self.config.copy(host, guest);
        self
    }

    /// More for the kernel's command line.
    pub fn append(mut self, cmdline: &str) -> Self {
        self.config = self.config.append(cmdline);
        self
    }

    /// A warning of the kernel's log that belongs to the story, as an extended regular expression.
    pub fn expect_warning(mut self, pattern: &str) -> Self {
        self.warning = pattern.into();
        self
    }

    /// What the host sends at each `host_echo`: `count` datagrams, `rate` a second.
    pub fn load(mut self, count: u64, rate: u32) -> Self {
        self.load.count = count;
        self.load.rate = rate;
        self
    }

    /// The longest the story may take before it counts as hanging.
    pub fn limit(mut self, seconds: u64) -> Self {
        self.limit = Duration::from_secs(seconds);
        self
    }

    /// The script: shell, with the words of `guest/*.sh`.
    pub fn script(mut self, script: &str) -> Self {
        self.script = script.into();
        self
    }

    /// Tells the story.
    ///
    /// # Panics
    /// When the script, the kernel's log or the taint is not as it must be, with the transcript; and
    /// when something was not built, with the command that builds it.
    pub fn run(self) {
        let what = self.what.clone();
        match self.tell() {
            Ok(Told {
                fault: None,
                transcript,
                ..
            }) => print!("{transcript}"),
            Ok(Told {
                fault: Some(fault),
                transcript,
                log,
            }) => panic!(
                "story '{what}' failed: {fault}\n--- end of the kernel's log ---\n{}\n--- transcript ---\n{transcript}",
                tail(&log)
            ),
            Err(error) => panic!("story '{what}' could not be told: {error}"),
        }
    }

    /// Tells the story and leaves the judgement on a failure to the caller.
    ///
    /// # Errors
    /// When something was not built, or no guest could be started.
    pub fn tell(self) -> Result<Told> {
        let outcome = self.boot()?;
        let transcript = outcome.text();
        Ok(Told {
            fault: fault(&outcome.verdict, &transcript),
            transcript,
            log: outcome.console,
        })
    }

    fn boot(mut self) -> Result<Outcome> {
        ready::check(&self.kernel)?;
        if self.debian {
            self.config = self.config.root(image::debian(&Layout::find()?)?);
        }
        let _turn = turn::take().map_err(|error| {
            kbp_vm::Error::Other(format!(
                "cannot lock {}/kbp-stories.lock: {error}",
                std::env::temp_dir().display()
            ))
        })?;
        let script = format!(
            "{}\nexpected_warning='{}'\nbegin\n{}\nfinish\n",
            WORDS.join("\n"),
            self.warning,
            self.script
        );
        let mut vm = Vm::boot(self.config.timeout(Some(self.limit)).script(script))?;
        host::serve(&mut vm, &self.load, self.limit)?;
        vm.wait()
    }
}

/// A story that was told.
#[derive(Debug)]
pub struct Told {
    /// What went wrong, if anything.
    pub fault: Option<String>,
    /// What the script printed.
    pub transcript: String,
    /// The guest's kernel log.
    pub log: String,
}

/// What is wrong with a told story, if anything.
fn fault(verdict: &Verdict, transcript: &str) -> Option<String> {
    let failed = transcript
        .lines()
        .find_map(|line| line.strip_prefix("@fail "));
    let last = transcript
        .lines()
        .rev()
        .find(|line| !line.is_empty())
        .unwrap_or("");
    match (verdict.explain(), failed) {
        (Some(why), None) => Some(format!("{why}\n(last line of the script's output: {last})")),
        (Some(why), Some(line)) => Some(format!("{line}; {why}")),
        (None, Some(line)) => Some(line.into()),
        (None, None) if verdict == &Verdict::Exit(0) && last == END => None,
        (None, None) => Some(format!(
            "the script ended with code {} before its end, after: {last}",
            verdict.code()
        )),
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_script_that_came_to_its_end_passes() {
        assert_eq!(fault(&Verdict::Exit(0), "@ok a\n@end\n"), None);
        for (verdict, transcript, says) in [
            (
                Verdict::Exit(0),
                "@ok a\n",
                "code 0 before its end, after: @ok a",
            ),
            (Verdict::Exit(1), "@ok a\n@end\n", "code 1"),
            (Verdict::Exit(1), "@fail want 3, got 0\n", "want 3, got 0"),
            (Verdict::Exit(0), "@fail x\n@end\n", "x"),
            (
                Verdict::Timeout,
                "$ kbpctl load\n",
                "last line of the script's output: $ kbpctl load",
            ),
            (Verdict::Taint(512), "@end\n", "512"),
            (Verdict::Crash(vec!["BUG: x".into()]), "@fail y\n", "BUG: x"),
        ] {
            let found = fault(&verdict, transcript).unwrap_or_default();
            assert!(found.contains(says), "{verdict:?}: {found}");
        }
    }

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        assert_eq!(tail("a\nb"), "a\nb");
        assert_eq!(tail(&"x\n".repeat(100)).lines().count(), LOG_LINES);
    }
}
