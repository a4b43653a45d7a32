// SPDX-License-Identifier: GPL-2.0
//! The files of the saved state: what is wrong is named with file and line, strays are passed over.

use super::*;

const FILE: &str = "/etc/kbp/kbp.toml";
const SET: &str = "[[serve]]\ncores = \"1\"\n";

/// What no operator should have to know.
const INSIDES: [&str; 9] = [
    "untagged",
    "i128",
    "i64",
    "any value",
    "variant",
    "sequence",
    "struct",
    "expected",
    "serde",
];

#[test]
fn every_error_has_its_line_and_its_cure() {
    for (content, words) in [
        (
            "[[serve]]\ncores = \"1\"\nirqs = \"masked\"\n",
            "line 3: there is no key \"irqs\"",
        ),
        ("serve = 3\n", "line 1: serve is no list of sets"),
        (
            "[serve]\ncores = \"1\"\n",
            "line 1: serve is no list of sets",
        ),
        ("\nserve = [\n  3,\n]\n", "line 3: 3 is no set of keys"),
        (
            "# x\nserves = 3\n",
            "line 2: there is no key \"serves\" here",
        ),
        (
            "\n[[serve]]\nirq = \"armed\"\n",
            "line 2: this [[serve]] has no cores",
        ),
        (
            "[[serve]]\ncores = \"1;2\"\n",
            "line 2: cores = \"1;2\": \"1;2\" is neither a core",
        ),
        (
            "[[serve]]\ncores = [1, 2]\n",
            "line 2: cores = [1, 2] is neither a whole number nor",
        ),
        (
            "[[serve]]\ncores = \"\"\n",
            "line 2: cores = \"\": a part between",
        ),
        (
            "[[serve]]\ncores = \"numa:x\"\n",
            "line 2: cores = \"numa:x\": \"x\" is not a node",
        ),
        ("irq = 1\n", "line 1: there is no key \"irq\" here"),
        (
            "[[serve]]\ncores = \"1\n",
            "line 2: \"cores = \"1\" cannot be read: ",
        ),
        (
            "[[serve]]\ncores = \"1\"\ncores = \"2\"\n",
            "line 3: \"cores = \"2\"\" cannot be read: duplicate key",
        ),
        (
            "[[serve]]\ncores = 2-5\n",
            "line 2: \"cores = 2-5\" cannot be read",
        ),
        (
            "[[serve]]\ncores = 2-5\n",
            "texts in quotes: cores = \"2-5\"",
        ),
        (
            "[[serve]]\nirq = armed\n",
            "line 2: \"irq = armed\" cannot be read",
        ),
        ("\n\0\u{5}x", "line 2: \"\u{fffd}\u{fffd}x\" cannot be read"),
        (
            "\u{feff}[[serve]]\r\ncores = \"1\"\r\nwindow = 5\r\n",
            "line 3: window = 5: 5 us is outside",
        ),
    ] {
        refused(content, words);
    }
    for (value, words) in [
        ("window = 5", "window = 5: 5 us is outside 20 to 1000 us"),
        ("window = -5", "-5 us is outside 20 to 1000 us"),
        (
            "irq = \"mask\"",
            "irq = \"mask\": \"mask\" is neither armed nor masked",
        ),
        ("irq = 3", "irq = 3: \"3\" is neither armed nor masked"),
        (
            "rescue = 500.0",
            "rescue = 500.0 is neither a whole number nor a text",
        ),
        (
            "rescue = 5e2",
            "rescue = 5e2 is neither a whole number nor a text",
        ),
        ("rescue = nan", "rescue = nan is neither"),
        ("rescue = \"500.0\"", "\"500.0\" is not a whole number"),
        (
            "rescue = 99999999999999999999",
            "99999999999999999999 ms is outside 20 to 60000 ms",
        ),
        (
            "rescue = 0xffffffffffffffffffff",
            "rescue = 0xffffffffffffffffffff: ",
        ),
        (
            "rescue = 999999999999999999999999999999999999999999999",
            "999999999999999999999999999999999999999999999 ms is outside",
        ),
        ("spacing = true", "spacing = true is neither"),
        ("spacing = 1979-05-27", "spacing = 1979-05-27 is neither"),
        ("spacing = { us = 3 }", "spacing = { us = 3 } is neither"),
        ("idle = \"adaptive:0\"", "0 us is outside 1 to 1000000 us"),
        ("sched = \"other:20\"", "20 is outside -20 to 19"),
        (
            "max-exit-latency = \"never\"",
            "\"never\" is not a whole number",
        ),
        (
            "force = \"yes\"",
            "force = \"yes\" is neither true nor false",
        ),
        ("force = 1", "force = 1 is neither true nor false"),
    ] {
        let content = format!("{SET}\n[[serve]]\n{value}\ncores = \"2\"\n");
        refused(
            &content,
            &format!("line 5: {}", value.split('=').next().expect("a key")),
        );
        refused(&content, words);
    }
}

/// A file that nobody acts on.
fn refused(content: &str, words: &str) {
    for path in [
        FILE,
        "/etc/kbp/kbp.d/10-cores.toml",
        "/usr/lib/kbp/kbp.toml",
    ] {
        let fake = Fake::new();
        put(&fake, path, content);
        let (exit, line) = error(&fake, "reapply");
        assert_eq!(exit, Exit::Usage, "{line}");
        assert!(
            line.starts_with(&format!("cannot use {path}: line ")),
            "{line}"
        );
        assert!(line.contains(words), "{words} in {line}");
        assert!(!line.contains('\n'), "{line}");
        for insides in INSIDES {
            assert!(!line.contains(insides), "{insides} in {line}");
        }
        assert_eq!(log(&fake), "");
    }
}

#[test]
fn numbers_may_be_written_as_toml_has_them() {
    let fake = Fake::active();
    let numbers = "rescue = 0x1f4\nwindow = 1_00\nspacing = \"700\"\n";
    put(&fake, FILE, &format!("[[serve]]\ncores = 1\n{numbers}"));
    assert!(text(&fake, "reapply").ends_with("window_us=100, spacing_us=700, rescue_ms=500"));
}

#[test]
fn a_text_that_is_none_is_named_with_its_line() {
    let text = b"[[serve]]\n# sch\xf6n\n".to_vec();
    let error = String::from_utf8(text).expect_err("no UTF-8");
    let fault = crate::cores::saved::not_utf8(Path::new(FILE), &error);
    assert_eq!(
        Error::from(fault).to_string(),
        "cannot use /etc/kbp/kbp.toml: line 2: the byte 0xf6 is not UTF-8; save the file as UTF-8"
    );
}

#[test]
fn strays_in_the_folder_are_passed_over_with_a_word() {
    let fake = Fake::active();
    put(&fake, "/etc/kbp/kbp.d/10-cores.toml", SET);
    let strays = [
        "._10-cores.toml",
        ".10-cores.toml.swp",
        "10-cores.toml.dpkg-old",
        "10-cores.toml~",
        "README",
        "b\u{fffd}d.toml",
    ];
    for stray in strays {
        put(
            &fake,
            &format!("/etc/kbp/kbp.d/{stray}"),
            "\0\u{5}\u{16}\u{7} Mac OS X",
        );
    }
    put(&fake, "/etc/kbp/kbp.d/50.toml/inside", "");
    let answer = kbpctl(&fake, "reapply").expect("an answer");
    let listed = ".10-cores.toml.swp, ._10-cores.toml, 10-cores.toml.dpkg-old, 10-cores.toml~, \
                  50.toml, README, b\u{fffd}d.toml";
    assert_eq!(
        answer.text,
        format!("KBP is already loaded\ncore 1: enabled\npassed over in /etc/kbp/kbp.d: {listed}")
    );
    let passed_over = listed.split(", ").collect::<Vec<_>>();
    assert_eq!(answer.json["passed_over"], serde_json::json!(passed_over));
    fake.0
        .borrow_mut()
        .files
        .remove(Path::new("/etc/kbp/kbp.d/10-cores.toml"));
    let (exit, line) = error(&fake, "reapply");
    assert_eq!(exit, Exit::NotActive);
    assert!(
        line.contains("passed over in /etc/kbp/kbp.d: .10-cores"),
        "{line}"
    );
}

#[test]
fn a_file_that_is_there_and_cannot_be_read_is_no_empty_one() {
    for (errno, words) in [
        (libc::ENOENT, "it is a link that leads nowhere"),
        (libc::EISDIR, "move the folder away"),
        (libc::EACCES, "run it as root"),
        (libc::EIO, "the device that failed"),
    ] {
        for path in [FILE, "/etc/kbp/kbp.d/10-cores.toml"] {
            let fake = Fake::active();
            put(&fake, "/usr/lib/kbp/kbp.toml", SET);
            put(&fake, path, SET);
            fail(&fake, path, errno);
            let (_, line) = error(&fake, "reapply");
            assert!(line.starts_with(&format!("cannot read {path}: ")), "{line}");
            assert!(line.contains(words), "{line}");
            assert_eq!(log(&fake), "");
        }
    }
}
