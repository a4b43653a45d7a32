// SPDX-License-Identifier: GPL-2.0
//! The screens in the documents are those of the snapshots, so they cannot go stale.

/// A document, its screen's command, and the snapshot of what that command prints.
const SCREENS: [(&str, &str, &str); 4] = [
    (
        include_str!("../../../../docs/kbpctl.md"),
        "kbpctl status --napis",
        include_str!("snapshots/kbpctl__cmd__tests__status__status_napis_text.snap"),
    ),
    (
        include_str!("../../../../docs/kbpctl.md"),
        "kbpctl top --once",
        include_str!("../top/tests/snapshots/kbpctl__cmd__top__tests__once_text.snap"),
    ),
    (
        include_str!("../../../../docs/doctor.md"),
        "kbpctl doctor",
        include_str!("doctor/snapshots/kbpctl__cmd__tests__doctor__doctor.snap"),
    ),
    (
        include_str!("../../../../docs/doctor.md"),
        "kbpctl doctor --noise 2 --cores 1,3",
        include_str!("doctor/snapshots/kbpctl__cmd__tests__doctor__noise__noise.snap"),
    ),
];

/// What stands below `# COMMAND` in the block of a document that begins with it.
fn screen<'a>(document: &'a str, command: &str) -> Option<Vec<&'a str>> {
    let (_, block) = document.split_once(&format!("```\n# {command}\n"))?;
    Some(block.lines().take_while(|line| *line != "```").collect())
}

/// What a snapshot holds.
fn shown(snapshot: &str) -> Vec<&str> {
    let mut parts = snapshot.splitn(3, "---\n");
    parts.nth(2).unwrap_or_default().lines().collect()
}

/// The first line of the screen that is not the next of what is shown. `...` stands for some that are
/// left out.
fn stale<'a>(screen: &[&'a str], shown: &[&str]) -> Option<&'a str> {
    let mut rest = shown.iter();
    let mut may_pass = false;
    for line in screen {
        let is_next = match (*line == "...", may_pass) {
            (true, _) => {
                may_pass = true;
                continue;
            }
            (false, true) => rest.any(|shown| shown == line),
            (false, false) => rest.next() == Some(line),
        };
        if !is_next {
            return Some(line);
        }
        may_pass = false;
    }
    match rest.next() {
        Some(_) if !may_pass => Some("(its end)"),
        _ => None,
    }
}

#[test]
fn the_screens_of_the_documents_are_those_of_the_snapshots() {
    for (document, command, snapshot) in SCREENS {
        let screen = screen(document, command);
        let screen = screen.unwrap_or_else(|| panic!("no document has a screen of {command}"));
        assert!(screen.len() > 5, "{command}: {screen:?}");
        let stale = stale(&screen, &shown(snapshot));
        assert_eq!(stale, None, "{command}: copy it anew from its snapshot");
    }
}

#[test]
fn a_stale_screen_is_noticed() {
    let shown = ["a", "b", "c", "d"];
    for (screen, is_stale) in [
        (&["a", "b", "c", "d"][..], None),
        (&["a", "...", "d"], None),
        (&["a", "b", "..."], None),
        (&["a", "b"], Some("(its end)")),
        (&["a", "c", "d"], Some("c")),
        (&["a", "...", "x", "..."], Some("x")),
        (&["a", "...", "c", "b", "..."], Some("b")),
        (&["a", "b", "c", "d", "e"], Some("e")),
    ] {
        assert_eq!(stale(screen, &shown), is_stale, "{screen:?}");
    }
}
