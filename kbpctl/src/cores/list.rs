// SPDX-License-Identifier: GPL-2.0
//! Core lists in the kernel's cpulist form: `2,3`, `2-5,8`.

use std::path::Path;

use kbp_uapi::{kbp_core_set, KBP_MAX_CORES};

use crate::sys::System;

/// Reads a cpulist; an error names the part that is wrong and why.
pub(crate) fn parse(list: &str) -> Result<kbp_core_set, String> {
    let mut set = kbp_core_set::default();
    for part in list.trim().split(',') {
        let part = part.trim();
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (number(first, part)?, number(last, part)?),
            None => {
                let core = number(part, part)?;
                (core, core)
            }
        };
        if first > last {
            return Err(format!(
                "\"{part}\" runs backwards: {first} is above {last}"
            ));
        }
        for core in first..=last {
            set.insert(core);
        }
    }
    Ok(set)
}

/// The same of a file of the kernel, where there may be none: an empty line, or from 6.1 to 6.12
/// `(null)`.
pub(crate) fn of_kernel(text: &str) -> Result<kbp_core_set, String> {
    match text.trim() {
        "" | "(null)" => Ok(kbp_core_set::default()),
        list => parse(list),
    }
}

/// The list in a file of the kernel; `None` where there is none that can be read.
pub(crate) fn of_file(sys: &dyn System, path: impl AsRef<Path>) -> Option<kbp_core_set> {
    parse(&sys.read(path.as_ref()).ok()?).ok()
}

fn number(text: &str, part: &str) -> Result<u32, String> {
    if part.is_empty() {
        return Err("a part between two commas is empty".to_owned());
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "\"{part}\" is neither a core number nor a range like 2-5"
        ));
    }
    match text.parse() {
        Ok(core) if core < KBP_MAX_CORES => Ok(core),
        _ => Err(format!(
            "\"{part}\" names core {text}, the highest of any kernel is {}",
            KBP_MAX_CORES - 1
        )),
    }
}

/// Prints a set the way the kernel does: ascending, ranges joined.
pub(crate) fn print(set: &kbp_core_set) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for core in set.iter() {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == core => *last = core,
            _ => parts.push((core, core)),
        }
    }
    let text = |(first, last): &(u32, u32)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

/// The set of these cores.
pub(crate) fn set(cores: impl IntoIterator<Item = u32>) -> kbp_core_set {
    let mut set = kbp_core_set::default();
    for core in cores {
        set.insert(core);
    }
    set
}

/// "core 2" or "cores 2-5,8".
pub(crate) fn phrase(set: &kbp_core_set) -> String {
    match set.iter().nth(1) {
        Some(_) => format!("cores {}", print(set)),
        None => format!("core {}", print(set)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(list: &str) -> String {
        print(&parse(list).expect("a good list"))
    }

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(printed("2,3"), "2-3");
        assert_eq!(printed("2-5,8\n"), "2-5,8");
        assert_eq!(printed("8,0"), "0,8");
        assert_eq!(printed("1022-1025,8191"), "1022-1025,8191");
    }

    #[test]
    fn errors_name_the_part() {
        let error = |list| parse(list).expect_err("a bad list");
        assert_eq!(error(""), "a part between two commas is empty");
        assert_eq!(error("1,,2"), "a part between two commas is empty");
        assert_eq!(error("1,5-2"), "\"5-2\" runs backwards: 5 is above 2");
        assert_eq!(
            error("1,x"),
            "\"x\" is neither a core number nor a range like 2-5"
        );
        assert_eq!(
            error("-1"),
            "\"-1\" is neither a core number nor a range like 2-5"
        );
        assert_eq!(
            error("+1"),
            "\"+1\" is neither a core number nor a range like 2-5"
        );
        assert_eq!(
            error("0-8192"),
            "\"0-8192\" names core 8192, the highest of any kernel is 8191"
        );
        let huge = "99999999999999999999";
        assert_eq!(
            error(huge),
            format!("\"{huge}\" names core {huge}, the highest of any kernel is 8191")
        );
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(cores in prop::collection::btree_set(0..KBP_MAX_CORES, 1..60)) {
            let cores: Vec<u32> = cores.into_iter().collect();
            let read = parse(&print(&set(cores.iter().copied()))).expect("a printed set");
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), cores);
        }

        #[test]
        fn any_text_is_answered(list in "[0-9,x -]{0,12}") {
            let _ = parse(&list);
        }
    }
}
