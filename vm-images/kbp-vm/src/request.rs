// SPDX-License-Identifier: GPL-2.0
//! What a guest asks of its host by `kbp-host`.

use std::str::FromStr;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::monitor::Monitor;
use crate::stall::{self, Cap};
use crate::threads::Threads;

/// One line of `kbp-host`.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    /// Do not run this virtual CPU for so long.
    Stall(u32, Duration),
    /// Run this virtual CPU but a part of the time.
    Cap(u32, Cap),
    /// Write the instructions of this file, or no more.
    Instructions(Option<String>),
    /// Say for how long the guest could not run because the host had others to run.
    Waited,
}

/// How each is written.
const USAGE: &str = "`kbp-host stall CPU MS`, `kbp-host cap CPU PERIOD_MS RUN_MS SECONDS` (RUN_MS is less than PERIOD_MS), `kbp-host instructions [NAME]` (letters, digits and '-') or `kbp-host waited`";

impl FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Request, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let unknown = || format!("'{text}' is not understood: write {USAGE}");
        let number = |word: &str| word.parse::<u32>().map_err(|_| unknown());
        let milliseconds = |word| number(word).map(|ms| Duration::from_millis(ms.into()));
        match words[..] {
            ["stall", cpu, length] => Ok(Request::Stall(number(cpu)?, milliseconds(length)?)),
            ["cap", cpu, period, run, seconds] => {
                let cap = Cap {
                    period: milliseconds(period)?,
                    run: milliseconds(run)?,
                    total: Duration::from_secs(number(seconds)?.into()),
                };
                match cap.run < cap.period {
                    true => Ok(Request::Cap(number(cpu)?, cap)),
                    false => Err(unknown()),
                }
            }
            ["instructions"] => Ok(Request::Instructions(None)),
            ["instructions", name] if is_plain(name) => {
                Ok(Request::Instructions(Some(name.to_owned())))
            }
            ["waited"] => Ok(Request::Waited),
            _ => Err(unknown()),
        }
    }
}

fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Does what a line asks for, and gives the line that answers it.
pub(crate) fn answer(text: &str, threads: &Threads, monitor: Option<&Monitor>) -> String {
    let done = |result: Result<()>| match result {
        Ok(()) => "done".to_owned(),
        // One line is an answer.
        Err(error) => format!("error {}", error.to_string().replace('\n', " ")),
    };
    match text.parse() {
        Ok(Request::Stall(cpu, length)) => done(stall::stall(threads, cpu, length)),
        Ok(Request::Cap(cpu, cap)) => done(stall::cap(threads, cpu, cap)),
        Ok(Request::Instructions(name)) => done(match (monitor, name) {
            (Some(monitor), Some(name)) => monitor.begin(&name),
            (Some(monitor), None) => monitor.end(),
            (None, _) => Err(Error::Other(
                "instructions go to a folder: name it with --instructions".into(),
            )),
        }),
        Ok(Request::Waited) => {
            let waited: Duration = threads.waited().iter().sum();
            waited.as_micros().to_string()
        }
        Err(wrong) => format!("error {wrong}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_read_and_others_are_told_how() {
        let ms = Duration::from_millis;
        assert_eq!("stall 1 600".parse(), Ok(Request::Stall(1, ms(600))));
        let cap = Cap {
            period: ms(1000),
            run: ms(30),
            total: ms(8000),
        };
        assert_eq!("cap 1 1000 30 8".parse(), Ok(Request::Cap(1, cap)));
        assert_eq!("waited".parse(), Ok(Request::Waited));
        let file = Some("quiet-softirq".to_owned());
        assert_eq!(
            "instructions quiet-softirq".parse(),
            Ok(Request::Instructions(file))
        );
        for wrong in [
            "",
            "stall 1",
            "stall one 5",
            "stall 1 -5",
            "cap 1 30 30 8",
            "wait",
            "instructions ../x",
        ] {
            let told = wrong.parse::<Request>().unwrap_err();
            assert!(told.starts_with(&format!("'{wrong}'")), "{told}");
            assert!(told.contains(USAGE), "{told}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_an_error_in_one_line() {
        let threads = Threads::of(std::process::id());
        let told = answer("stall 99 5", &threads, None);
        assert!(
            told.starts_with("error no thread of QEMU is CPU 99"),
            "{told}"
        );
        assert!(answer("waited", &threads, None).parse::<u64>().is_ok());
        let told = answer("instructions x", &threads, None);
        assert!(told.contains("--instructions"), "{told}");
    }
}
