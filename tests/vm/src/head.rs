// SPDX-License-Identifier: GPL-2.0
//! The head of a story: the comments at the top of its file, one `# key: value` a line, up to the first
//! line that is no comment. docs/testing.md lists the keys.

use std::path::Path;
use std::time::Duration;

use kbp_vm::Nic;

use crate::is_long;

/// Every key with what its value looks like.
const KEYS: [(&str, &str); 17] = [
    ("story", "what it shows, in a sentence"),
    (
        "kernel",
        "the suites, suites:flavours or releases it is told to, whatever KBP_KERNEL says",
    ),
    (
        "debian",
        "yes: in a guest that a real Debian's systemd has booted",
    ),
    ("smp", "the number of virtual CPUs [2]"),
    (
        "nic",
        "one more NIC, eth1: queues=N, or model=vmxnet3, e1000e or igb",
    ),
    ("module", "stock modules for modprobe"),
    ("tool", "programs of the toolchain root"),
    (
        "host",
        "a shell command of the host before the guest is booted; $tmp, $modules, $release are set",
    ),
    (
        "copy",
        "FROM TO: a file or folder for the guest; FROM may begin with $tmp or $modules",
    ),
    (
        "before",
        "a file beside the story: a script that runs in the Debian before it boots",
    ),
    (
        "packed",
        "yes: the kernel boots as it comes, which takes 4 s longer",
    ),
    ("append", "more for the kernel's command line"),
    (
        "load",
        "COUNT RATE [SECONDS]: datagrams of each host_echo, how many a second, and the longest wait for the last \
         answer [1500 1000 60]",
    ),
    ("limit", "the most seconds it may take [300]"),
    ("long-limit", "the same with KBP_LONG=1"),
    (
        "warning",
        "a message of the kernel's log that belongs to it, as an extended regular expression",
    ),
    ("fails", "what its failure says: a story that must fail"),
];
/// The keys that may stand more than once: each line adds to the ones before.
const LISTS: [&str; 4] = ["kernel", "module", "tool", "copy"];
/// The keys that a file of words may have, which says what its words need.
const OF_WORDS: [&str; 2] = ["module", "tool"];

/// What a head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// What the story shows.
    pub story: String,
    /// The kernels it is told to; none means the default one.
    pub kernels: Vec<String>,
    /// Whether a Debian boots.
    pub debian: bool,
    /// The number of virtual CPUs.
    pub smp: u32,
    /// A second NIC.
    pub nic: Option<Nic>,
    /// Stock modules.
    pub modules: Vec<String>,
    /// Programs of the toolchain root.
    pub tools: Vec<String>,
    /// What the host does before.
    pub host: Option<String>,
    /// Files for the guest: from, to.
    pub copies: Vec<(String, String)>,
    /// The script of the Debian before its boot.
    pub before: Option<String>,
    /// Whether the kernel boots as it comes.
    pub packed: bool,
    /// For the kernel's command line.
    pub append: Option<String>,
    /// Datagrams of a load, how many a second, and the longest wait for the last answer, in seconds.
    pub load: (u64, u32, u64),
    /// The longest it may take.
    pub limit: Duration,
    /// A warning that belongs to it.
    pub warning: String,
    /// What its failure must say.
    pub fails: Option<String>,
}

impl Head {
    /// Reads the head of a story.
    ///
    /// # Errors
    /// File, line, rule and cure.
    pub fn of_story(file: &Path, text: &str) -> Result<Head, String> {
        let mut head = Head::empty();
        let mut long_limit = None;
        for line in lines(file, text, &KEYS.map(|(key, _)| key))? {
            head.take(&line, &mut long_limit)
                .map_err(|rule| line.wrong(file, &rule))?;
        }
        if head.story.is_empty() {
            return Err(format!(
                "{}:1: a story says what it shows: add a line '# story: ...' to its head",
                file.display()
            ));
        }
        if head.before.is_some() && !head.debian {
            return Err(format!(
                "{}:1: 'before' runs in a Debian: add '# debian: yes', or remove it",
                file.display()
            ));
        }
        if let Some(long) = long_limit.filter(|_| is_long()) {
            head.limit = Duration::from_secs(long);
        }
        Ok(head)
    }

    /// Adds what a file of words says that it needs.
    ///
    /// # Errors
    /// File, line, rule and cure.
    pub fn add_words(&mut self, file: &Path, text: &str) -> Result<(), String> {
        for line in lines(file, text, &OF_WORDS)? {
            self.take(&line, &mut None)
                .map_err(|rule| line.wrong(file, &rule))?;
        }
        Ok(())
    }

    fn empty() -> Head {
        Head {
            story: String::new(),
            kernels: Vec::new(),
            debian: false,
            smp: 2,
            nic: None,
            modules: Vec::new(),
            tools: Vec::new(),
            host: None,
            copies: Vec::new(),
            before: None,
            packed: false,
            append: None,
            load: (1500, 1000, 60),
            limit: Duration::from_secs(300),
            warning: String::new(),
            fails: None,
        }
    }

    fn take(&mut self, line: &Line, long_limit: &mut Option<u64>) -> Result<(), String> {
        let value = line.value;
        let words = || value.split_whitespace().map(str::to_owned);
        match line.key {
            "story" => self.story = value.into(),
            "kernel" => self.kernels.extend(words()),
            "debian" => self.debian = yes(line)?,
            "smp" => self.smp = number(value)?,
            "nic" => self.nic = Some(value.parse()?),
            "module" => self.modules.extend(words()),
            "tool" => self.tools.extend(words()),
            "host" => self.host = Some(value.into()),
            "copy" => {
                let pair = value.split_once(' ').map(|(from, to)| (from, to.trim()));
                let (from, to) = pair
                    .filter(|(_, to)| to.starts_with('/'))
                    .ok_or_else(|| format!("'{value}' is not FROM and a path of the guest"))?;
                self.copies.push((from.into(), to.into()));
            }
            "before" => self.before = Some(value.into()),
            "packed" => self.packed = yes(line)?,
            "append" => self.append = Some(value.into()),
            "load" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                self.load = match words[..] {
                    [count, rate] => (number(count)?, number(rate)?, self.load.2),
                    [count, rate, seconds] => (number(count)?, number(rate)?, number(seconds)?),
                    _ => return Err(format!("'{value}' is not COUNT, RATE and perhaps SECONDS")),
                };
            }
            "limit" => self.limit = Duration::from_secs(number(value)?),
            "long-limit" => *long_limit = Some(number(value)?),
            "warning" => self.warning = value.into(),
            "fails" => self.fails = Some(value.into()),
            other => unreachable!("'{other}' stands in KEYS"),
        }
        Ok(())
    }
}

fn yes(line: &Line) -> Result<bool, String> {
    match line.value {
        "yes" => Ok(true),
        other => Err(format!("'{}' is yes or left out, not '{other}'", line.key)),
    }
}

fn number<T: std::str::FromStr + PartialOrd + From<u8>>(value: &str) -> Result<T, String> {
    value
        .parse()
        .ok()
        .filter(|number| *number >= T::from(1))
        .ok_or_else(|| format!("'{value}' is no number of 1 or more"))
}

/// One line of a head.
struct Line<'a> {
    number: usize,
    key: &'a str,
    value: &'a str,
}

impl Line<'_> {
    fn wrong(&self, file: &Path, rule: &str) -> String {
        let (_, like) = KEYS[KEYS
            .iter()
            .position(|(key, _)| *key == self.key)
            .unwrap_or(0)];
        format!(
            "{}:{}: {rule}: write '# {}: {like}'",
            file.display(),
            self.number,
            self.key
        )
    }
}

/// The lines `# key: value` at the top; a comment in plain words is none.
fn lines<'a>(file: &Path, text: &'a str, known: &[&str]) -> Result<Vec<Line<'a>>, String> {
    let mut found: Vec<Line<'a>> = Vec::new();
    let mut is_head = true;
    for (number, line) in (1..).zip(text.lines()) {
        is_head &= line.starts_with('#');
        let Some((key, value)) = pair(line) else {
            continue;
        };
        let here = format!("{}:{number}", file.display());
        if !is_head {
            if known.contains(&key) {
                return Err(format!(
                    "{here}: '{key}:' stands below the head: move it to the top, or use other words"
                ));
            }
            continue;
        }
        if !known.contains(&key) {
            return Err(format!(
                "{here}: '{key}' is no key of this head: name one of {}",
                known.join(", ")
            ));
        }
        if value.is_empty() {
            return Err(format!(
                "{here}: '{key}' has no value: add it, or remove the line"
            ));
        }
        if !LISTS.contains(&key) && found.iter().any(|line| line.key == key) {
            return Err(format!("{here}: '{key}' stands there twice: keep one"));
        }
        found.push(Line { number, key, value });
    }
    Ok(found)
}

/// `# key: value`, however it is spaced.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix('#')?.split_once(':')?;
    let key = key.trim();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    is_key.then(|| (key, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Head, String> {
        Head::of_story(Path::new("a.sh"), text)
    }

    #[test]
    fn every_key_is_read() {
        let head = read(
            "# SPDX-License-Identifier: GPL-2.0\n# story: two: words\n# kernel: bookworm trixie\n\
             # debian: yes\n# smp: 4\n# nic: model=igb\n# module: a b\n# module: c\n# tool: ip chrt\n# host: make \"$tmp\"\n\
             # copy: $tmp /root/a b\n# before: boot/x.sh\n# packed: yes\n# append: kbp.enable=0\n# load: 300 50\n\
             # limit: 20\n# long-limit: 90\n# warning: a.*b\n# fails: it's <3>\n\n. words.sh\n# others: x\n",
        )
        .expect("a head");
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            head,
            Head {
                story: "two: words".into(),
                kernels: words("bookworm trixie"),
                debian: true,
                smp: 4,
                nic: Some(Nic::Model(kbp_vm::Model::Igb)),
                modules: words("a b c"),
                tools: words("ip chrt"),
                host: Some("make \"$tmp\"".into()),
                copies: vec![("$tmp".into(), "/root/a b".into())],
                before: Some("boot/x.sh".into()),
                packed: true,
                append: Some("kbp.enable=0".into()),
                load: (300, 50, 60),
                limit: Duration::from_secs(if is_long() { 90 } else { 20 }),
                warning: "a.*b".into(),
                fails: Some("it's <3>".into()),
            }
        );
    }

    #[test]
    fn a_story_alone_is_enough() {
        let head = read("# story: x\n\n. words.sh\n").expect("a head");
        assert_eq!((head.smp, head.load), (2, (1500, 1000, 60)));
        assert_eq!(head.limit, Duration::from_secs(300));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_cure() {
        for (text, says) in [
            (
                "# limit: 3\n",
                "a.sh:1: a story says what it shows: add a line '# story: ...'",
            ),
            (
                "# story: x\n# limt: 3\n",
                "a.sh:2: 'limt' is no key of this head: name one of story, kernel,",
            ),
            (
                "#story: x\n#limit : 0\n",
                "a.sh:2: '0' is no number of 1 or more: write '# limit: the most",
            ),
            (
                "# story: x\n# limit:\n",
                "a.sh:2: 'limit' has no value: add it",
            ),
            (
                "# story: x\n# story: y\n",
                "a.sh:2: 'story' stands there twice: keep one",
            ),
            ("# story: x\n# smp: two\n", "a.sh:2: 'two' is no number"),
            (
                "# story: x\n# load: 300\n",
                "a.sh:2: '300' is not COUNT, RATE and perhaps SECONDS: write '# load: COUNT",
            ),
            (
                "# story: x\n# copy: a b\n",
                "a.sh:2: 'a b' is not FROM and a path of the guest",
            ),
            (
                "# story: x\n# debian: no\n",
                "a.sh:2: 'debian' is yes or left out, not 'no'",
            ),
            (
                "# story: x\n# before: b.sh\n",
                "a.sh:1: 'before' runs in a Debian",
            ),
            (
                "# story: x\n\n# limit: 3\n",
                "a.sh:3: 'limit:' stands below the head",
            ),
        ] {
            let found = read(text).expect_err(text);
            assert!(found.starts_with(says), "{text}: {found}");
        }
    }

    #[test]
    fn words_say_what_they_need_and_nothing_else() {
        let mut head = read("# story: x\n# module: a\n").expect("a head");
        let file = Path::new("w.sh");
        head.add_words(file, "# Words.\n# module: b\n# tool: nft\nw() { :; }\n")
            .expect("words");
        assert_eq!((head.modules.len(), head.tools.len()), (2, 1));
        let found = head.add_words(file, "# limit: 3\n").expect_err("a limit");
        assert!(
            found.starts_with("w.sh:1: 'limit' is no key of this head: name one of module, tool")
        );
    }
}
