// SPDX-License-Identifier: GPL-2.0
//! `config check`: all that is wrong, each with its file and line.

use super::irq::net;
use super::queues::combined;
use super::*;

const FILE: &str = "/etc/kbp/kbp.toml";

/// The lines that name a fault, and the exit code.
fn check(fake: &Fake, line: &str) -> (Vec<String>, Exit) {
    let answer = kbpctl(fake, line).expect("an answer");
    let lines = answer.text.lines().filter(|line| !line.starts_with(' '));
    (lines.map(str::to_owned).collect(), answer.exit)
}

#[test]
fn all_faults_of_all_files_are_named_at_once() {
    let fake = Fake::new();
    fake.0.borrow_mut().capabilities = (false, false);
    fail(&fake, "info", libc::EACCES);
    put(
        &fake,
        FILE,
        "[[serve]]\ncores = \"1;2\"\nirqs = \"masked\"\nwindow = 5\nforce = 1\n\n[[serve]]\nirq = \
         \"armed\"\nchannels = 2\n\n[[serve]]\ncores = 1\n",
    );
    put(
        &fake,
        "/etc/kbp/kbp.d/1.toml",
        "[[serve]]\ncores = 2-5\nirq = armed\nrescue = 1\n",
    );
    put(&fake, "/etc/kbp/kbp.d/2.toml", "[[serve]]\ncores = 2\n");
    put(&fake, "/etc/kbp/kbp.d/3.toml", "");
    fail(&fake, "/etc/kbp/kbp.d/3.toml", libc::EACCES);
    put(&fake, "/etc/kbp/kbp.d/README", "");
    let answer = kbpctl(&fake, "config check").expect("an answer");
    assert_eq!(answer.exit, Exit::CheckFailed);
    insta::assert_snapshot!("config_check", answer.text);
    insta::assert_snapshot!(
        "config_check_json",
        output::document(&answer.json, Form::Pretty)
    );
    // The same files keep reapply from all it does.
    fake.0.borrow_mut().capabilities = (true, true);
    let (exit, line) = error(&fake, "reapply");
    assert_eq!(exit, Exit::Usage);
    assert!(
        line.starts_with("cannot use /etc/kbp/kbp.toml: line 2: "),
        "{line}"
    );
    assert!(
        line.contains("; kbpctl config check names 9 more; "),
        "{line}"
    );
    assert_eq!(log(&fake), "");
}

#[test]
fn what_the_machine_would_refuse_is_an_error_and_what_may_come_a_warning() {
    for (sets, words, exit) in [
        (
            "cores = 1",
            "1 file, 1 good set: 0 errors, 0 warnings",
            Exit::Ok,
        ),
        (
            "cores = \"0-1\"\nforce = true",
            "0 errors, 0 warnings",
            Exit::Ok,
        ),
        (
            "cores = \"1,9\"",
            ":2: error: cores = \"1,9\": core 9 cannot exist here; possible are 0-3",
            Exit::CheckFailed,
        ),
        (
            "cores = 0",
            ":2: error: cores = \"0\": core 0 runs work",
            Exit::CheckFailed,
        ),
        (
            "cores = \"numa:7\"",
            ":2: error: cores = \"numa:7\": there is no NUMA node 7",
            Exit::CheckFailed,
        ),
        (
            "cores = \"isolated\"",
            ":2: error: cores = \"isolated\": no core",
            Exit::CheckFailed,
        ),
        (
            "cores = \"1-2\"\n[[serve]]\ncores = \"0,3\"",
            ":4: error: cores = \"0,3\": core 0 runs work",
            Exit::CheckFailed,
        ),
        // Core 0 was forced, and another one brings it no news.
        (
            "cores = 0\nforce = true\n[[serve]]\ncores = 0",
            "0 errors",
            Exit::Ok,
        ),
        (
            "cores = \"irq-of:eth9\"",
            ":2: warning: cores = \"irq-of:eth9\": there is no interface \"eth9\" here",
            Exit::Ok,
        ),
        (
            "cores = 1\nfrom = \"eth0,eth8,eth9\"",
            ":3: warning: there is no interface \"eth9\" here",
            Exit::Ok,
        ),
        (
            "cores = 1\nfrom = \"eth0\"\nchannels = 9",
            ":4: error: channels = 9: eth0: it can have 4, as combined channels",
            Exit::CheckFailed,
        ),
    ] {
        let net = net();
        let mut machine = net.0 .0.borrow_mut();
        machine.channels.insert("eth0".to_owned(), combined(4, 2));
        drop(machine);
        put(&net.0, FILE, &format!("[[serve]]\n{sets}\n"));
        let (lines, got) = check(&net.0, "config check");
        let text = lines.join("\n");
        assert!(text.contains(words), "{words} in {text}");
        assert_eq!(got, exit, "{text}");
        assert_eq!(log(&net.0), "");
    }
    let net = net();
    put(&net.0, "/sys/devices/system/cpu/online", "0-2\n");
    put(&net.0, FILE, "[[serve]]\ncores = 3\n");
    let (lines, exit) = check(&net.0, "config check");
    assert!(
        lines[0].contains(":2: warning: cores = \"3\": core 3 is offline"),
        "{lines:?}"
    );
    assert_eq!(exit, Exit::Ok);
    put(&net.0, FILE, "[[serve]]\ncores = \"1-2\"\n");
    assert_eq!(check(&net.0, "config check").1, Exit::Ok);
    put(&net.0, "/sys/devices/system/cpu/online", "1-2\n");
    let (lines, exit) = check(&net.0, "config check");
    assert!(
        lines[0].contains(":2: error: cores = \"1-2\": no online core would be left"),
        "{lines:?}"
    );
    assert_eq!(exit, Exit::CheckFailed);
}

#[test]
fn named_files_are_read_instead() {
    let fake = Fake::new();
    put(&fake, FILE, "nonsense\n");
    put(&fake, "new.toml", "[[serve]]\ncores = 1\n");
    put(&fake, "newer.toml", "[[serve]]\ncores = 0\n");
    let (lines, exit) = check(&fake, "config check new.toml");
    assert_eq!(lines, ["1 file, 1 good set: 0 errors, 0 warnings"]);
    assert_eq!(exit, Exit::Ok);
    let (lines, exit) = check(&fake, "config check new.toml newer.toml none.toml");
    assert_eq!(exit, Exit::CheckFailed);
    let want = [
        "none.toml: error: cannot be read: ",
        "newer.toml:2: error: cores = \"0\": ",
        "2 files, 2 good sets: 2 errors, 0 warnings",
    ];
    for (line, want) in lines.iter().zip(want) {
        assert!(line.starts_with(want), "{line}");
    }
    assert_eq!(lines.len(), 3, "{lines:?}");
}
