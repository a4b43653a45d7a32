// SPDX-License-Identifier: GPL-2.0
//! A story: a file with a head and a script, a guest, and the judgement on what happened there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kbp_vm::cache::{checks_itself, default_kernel, Layout};
use kbp_vm::udp::Load;
use kbp_vm::{image, Error, Outcome, Result, Verdict, Vm, VmConfig};

use crate::head::Head;
use crate::{alike, host, is_long, ready, turn};

/// Memory of a guest whose kernel checks itself.
const DEBUG_MIB: u32 = 3072;
/// Where the stories of the repository are, and the words they use.
const STORIES: &str = "tests/vm/stories";
const WORDS: &str = "tests/vm/guest";
/// Where a guest finds them; not in /lib/kbp, which a story of the package empties.
const GUEST_WORDS: &str = "/root/story/words";
const GUEST_STORY: &str = "/root/story/story.sh";
/// What a script prints when it has come to its end; without it an early `exit 0` would pass.
const END: &str = "@end";
/// From how many guests on that are the same until they run their scripts their boot is kept: that takes
/// 2 s, and saves 7 each further time.
const WORTH: usize = 2;
/// How much of the kernel's log a failure shows.
const LOG_LINES: usize = 40;

/// The names of all stories, in order.
///
/// # Errors
/// When their folder cannot be read.
pub fn names() -> Result<Vec<String>> {
    let folder = Layout::find()?.root.join(STORIES);
    let cannot = || doing(format!("cannot list {}", folder.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(cannot())? {
        let file = entry.map_err(cannot())?.file_name();
        names.extend(
            file.to_string_lossy()
                .strip_suffix(".sh")
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}

/// A story that can be told to guests.
#[derive(Clone, Debug)]
pub struct Story {
    layout: Layout,
    file: PathBuf,
    head: Head,
}

impl Story {
    /// Reads the story of this name.
    ///
    /// # Errors
    /// When there is none, or its head is not sound: file, line, rule and cure.
    pub fn find(name: &str) -> Result<Story> {
        let layout = Layout::find()?;
        let file = PathBuf::from(STORIES).join(format!("{name}.sh"));
        let read = |file: &Path| {
            fs::read_to_string(layout.root.join(file))
                .map_err(doing(format!("cannot read {}", file.display())))
        };
        let text = read(&file)?;
        let mut head = Head::of_story(&file, &text).map_err(Error::Other)?;
        // `. place.sh` is a file of words, which may need something, too.
        for words in text.lines().filter_map(|line| line.strip_prefix(". ")) {
            let words = PathBuf::from(WORDS).join(words);
            head.add_words(&words, &read(&words)?)
                .map_err(Error::Other)?;
        }
        Ok(Story { layout, file, head })
    }

    /// The kernels it is told to: those it names, or none.
    pub fn kernels(&self) -> &[String] {
        &self.head.kernels
    }

    /// How many stories have such a guest.
    fn alike(&self, kernel: &str) -> Result<usize> {
        let heads = names()?
            .iter()
            .map(|name| Story::find(name).map(|story| story.head))
            .collect::<Result<Vec<_>>>()?;
        Ok(alike::guests(&self.head, kernel, &heads, &default_kernel()))
    }

    /// Tells the story and judges it. The transcript goes to stdout as it comes when `live`, and into the
    /// message when not.
    ///
    /// # Errors
    /// When the script, the kernel's log or the taint is not as it must be, with the transcript; and
    /// when something was not built, with the command that builds it.
    pub fn hold(&self, kernel: &str, live: bool) -> std::result::Result<(), String> {
        if live {
            println!(); // Not behind the name of the test.
        }
        let what = &self.head.story;
        let told = self
            .tell(kernel, live)
            .map_err(|error| format!("story '{what}' could not be told: {error}"))?;
        let Some(fault) = judged(self.head.fails.as_deref(), told.fault) else {
            return Ok(());
        };
        let transcript = if live { "(above)\n" } else { &told.text };
        Err(format!(
            "story '{what}' failed: {fault}\n--- end of the kernel's log ---\n{}\n--- transcript ---\n{transcript}",
            tail(&told.log)
        ))
    }

    /// Tells the story and leaves the judgement on a failure to the caller.
    ///
    /// # Errors
    /// When something was not built, or no guest could be started.
    pub fn tell(&self, kernel: &str, live: bool) -> Result<Transcript> {
        ready::check(kernel)?;
        let _turn = turn::take()?;
        let (count, rate, seconds) = self.head.load;
        let load = Load {
            count,
            rate,
            flows: 4,
            // It ends with the last answer; only a loss waits so long.
            drain: Duration::from_secs(seconds),
            ..Load::default()
        };
        let tmp = tempfile::tempdir().map_err(doing("cannot make a temporary folder".into()))?;
        let mut vm = Vm::boot(self.guest(kernel, tmp.path())?)?;
        let text = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&text);
        vm.on_output(Box::new(move |bytes| {
            if live {
                // A reader that is gone does not change what the story shows.
                let _ = io::stdout()
                    .write_all(bytes)
                    .and_then(|()| io::stdout().flush());
            }
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
        }));
        host::serve(&mut vm, &load, self.head.limit)?;
        let Outcome {
            verdict, console, ..
        } = vm.wait()?;
        let text = text.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(Transcript {
            fault: fault(&verdict, &text),
            text,
            log: console,
        })
    }

    /// The guest that it is told to; the host's part before the boot is done in `tmp`.
    fn guest(&self, kernel: &str, tmp: &Path) -> Result<VmConfig> {
        let root = &self.layout.root;
        let release = self.layout.kernel(kernel)?.release;
        let modules = root.join("out/modules").join(&release);
        if let Some(command) = &self.head.host {
            let mut shell = Command::new("sh");
            shell.args(["-euc", command]).current_dir(root);
            shell
                .env("tmp", tmp)
                .env("modules", &modules)
                .env("release", &release);
            let done = shell.output().map_err(doing("cannot run sh".into()))?;
            if !done.status.success() {
                let said = String::from_utf8_lossy(&done.stderr).into_owned();
                return Err(Error::Other(format!(
                    "'{command}' on the host: {}: {said}",
                    done.status
                )));
            }
        }
        let mut guest = VmConfig::new(kernel)
            .nic(1)
            .smp(self.head.smp)
            .timeout(Some(self.head.limit))
            .copy(root.join(WORDS), GUEST_WORDS)
            .own(root.join(&self.file), GUEST_STORY)
            .script(self.script());
        for (from, to) in &self.head.copies {
            let from = from
                .replace("$tmp", &tmp.to_string_lossy())
                .replace("$modules", &modules.to_string_lossy());
            guest = guest.copy(root.join(from), to.replace("$release", &release));
        }
        for module in &self.head.modules {
            guest = guest.module(module);
        }
        for tool in &self.head.tools {
            guest = guest.tool(tool);
        }
        if checks_itself(&release) {
            // A kernel that checks itself needs room for what it knows, and time for its checks.
            guest = guest.mem(DEBUG_MIB).timeout(Some(self.head.limit * 4));
        }
        if let Some(nic) = self.head.nic {
            guest = guest.any_nic(nic);
        }
        if !self.head.packed {
            guest = match self.alike(kernel)? >= WORTH {
                true => guest.kept(),
                false => guest.unpacked(),
            };
        }
        if let Some(append) = &self.head.append {
            guest = guest.append(append);
        }
        if self.head.debian {
            guest = guest.root(image::debian(&self.layout)?);
        }
        if let Some(before) = &self.head.before {
            let file = root.join(STORIES).join(before);
            let text = fs::read_to_string(&file);
            let text = text.map_err(doing(format!("cannot read {}", file.display())))?;
            guest = guest.before(text);
        }
        Ok(guest)
    }

    /// What the guest runs. The story reads its words itself, so what the shell says of a line is true.
    fn script(&self) -> String {
        format!(
            "PATH=$PATH:{GUEST_WORDS}\nlong={}\nexpected_warning='{}'\n. {GUEST_STORY}\nfinish\n",
            u8::from(is_long()),
            self.head.warning.replace('\'', r"'\''")
        )
    }
}

/// What a guest made of a story.
#[derive(Debug)]
pub struct Transcript {
    /// What went wrong, if anything.
    pub fault: Option<String>,
    /// What the script printed.
    pub text: String,
    /// The guest's kernel log.
    pub log: String,
}
/// What is wrong with a story that failed with `fault`, if anything: some must fail and say why.
fn judged(must_say: Option<&str>, fault: Option<String>) -> Option<String> {
    match (must_say, fault) {
        (None, fault) => fault,
        (Some(says), Some(fault)) if fault.contains(says) => None,
        (Some(says), Some(fault)) => Some(format!("its failure must say '{says}', not: {fault}")),
        (Some(says), None) => Some(format!("it passed, but must fail and say '{says}'")),
    }
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

fn doing(what: String) -> impl FnOnce(io::Error) -> Error {
    move |error| Error::Other(format!("{what}: {error}"))
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
    fn a_story_that_must_fail_passes_when_it_says_why() {
        let fault = || Some("want 3, got 0".to_owned());
        assert_eq!(judged(None, None), None);
        assert_eq!(judged(None, fault()), fault());
        assert_eq!(judged(Some("got 0"), fault()), None);
        for (says, fault) in [("got 1", fault()), ("got 0", None)] {
            let found = judged(Some(says), fault).unwrap_or_default();
            assert!(found.contains(&format!("say '{says}'")), "{found}");
        }
    }

    #[test]
    fn the_head_of_every_story_is_sound() {
        let names = names().expect("the stories");
        assert!(names.len() > 40, "{names:?}");
        for name in names {
            Story::find(&name).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        assert_eq!(tail("a\nb"), "a\nb");
        assert_eq!(tail(&"x\n".repeat(100)).lines().count(), LOG_LINES);
    }
}
