// SPDX-License-Identifier: GPL-2.0
//! What the end of a guest means for the measurement in it.

use kbp_vm::Verdict;

use crate::{Error, Result};

/// An error unless the guest has ended well: what is wrong with the guest, which says more, or its last
/// `complaint`, or the exit code of `what` ran in it.
pub(crate) fn judge(verdict: Verdict, complaint: Option<String>, what: &str) -> Result<()> {
    match verdict {
        Verdict::Exit(0) => Ok(()),
        Verdict::Interrupted => Err(Error::Interrupted),
        other => {
            let why = other.explain().or(complaint);
            Err(Error::Other(why.unwrap_or_else(|| {
                format!("{what} ended with code {} in the guest", other.code())
            })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_reason_is_told() {
        let judge = |verdict, complaint: Option<&str>| {
            judge(verdict, complaint.map(str::to_owned), "it").map_err(|error| error.to_string())
        };
        assert_eq!(judge(Verdict::Exit(0), Some("x")), Ok(()));
        assert_eq!(judge(Verdict::Exit(3), Some("x")), Err("x".into()));
        assert_eq!(
            judge(Verdict::Exit(3), None),
            Err("it ended with code 3 in the guest".into())
        );
        assert_eq!(
            judge(Verdict::Interrupted, Some("x")),
            Err("interrupted".into())
        );
        let crash = judge(Verdict::Crash(vec!["BUG: y".into()]), Some("x")).unwrap_err();
        assert!(crash.contains("BUG: y"), "{crash}");
    }
}
