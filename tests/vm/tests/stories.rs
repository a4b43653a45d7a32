// SPDX-License-Identifier: GPL-2.0
//! Every file of `stories/` is a test of its name; one that names kernels is a test for each, NAME@KERNEL.
//! With `--nocapture` their transcripts are shown as they come.

use std::process::ExitCode;

use kbp_stories::{at_once, default_kernel, names, Story};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let live = arguments.nocapture;
    // Who reads along reads one at a time.
    let threads = if live { 1 } else { at_once() };
    arguments.test_threads.get_or_insert(threads);
    match names() {
        Ok(names) => {
            let tests = names.iter().flat_map(|name| tests(name, live)).collect();
            libtest_mimic::run(&arguments, tests).exit_code()
        }
        Err(error) => {
            eprintln!("stories: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tests(name: &str, live: bool) -> Vec<Trial> {
    let story = match Story::find(name) {
        Ok(story) => story,
        // A story that cannot be read is a test that fails.
        Err(error) => {
            return vec![Trial::test(name, move || {
                Err(Failed::from(error.to_string()))
            })]
        }
    };
    let test = |name: String, kernel: String| {
        let story = story.clone();
        Trial::test(name, move || Ok(story.hold(&kernel, live)?))
    };
    match story.kernels() {
        [] => vec![test(name.to_owned(), default_kernel())],
        kernels => kernels
            .iter()
            .map(|kernel| test(format!("{name}@{kernel}"), kernel.clone()))
            .collect(),
    }
}
