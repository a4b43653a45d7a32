// SPDX-License-Identifier: GPL-2.0
//! Every fixture does what its name and its comments say.

mod common;

use common::{exported, fixtures, Fixture};
use klp_reloc::{check, rewrite, Outcome, Rules};

#[test]
fn every_fixture_is_accepted_or_refused_as_it_says() {
    let wrong = fixtures().iter().filter_map(|fixture| {
        let fails = fixture.name.ends_with("-FAIL");
        let problem = if fails {
            refused(fixture)
        } else {
            accepted(fixture)
        };
        problem
            .err()
            .map(|problem| format!("{}: {problem}", fixture.name))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn a_fixture_that_must_fail_says_why() {
    for fixture in fixtures() {
        let reasons = usize::from(fixture.rewrite.is_some()) + fixture.check.len();
        assert_eq!(
            reasons > 0,
            fixture.name.ends_with("-FAIL"),
            "fixture {}",
            fixture.name
        );
    }
}

#[test]
fn every_violation_is_one_line() {
    for fixture in fixtures() {
        for finding in findings(fixture, &fixture.bytes) {
            assert!(!finding.contains('\n'), "{finding}");
        }
    }
}

fn findings(fixture: &Fixture, bytes: &[u8]) -> Vec<String> {
    let (list, symvers) = (fixture.symbols(), exported());
    let rules = Rules {
        list: &list,
        symvers: &symvers,
        hooks: fixture.hooks.as_deref(),
    };
    check(bytes, &rules)
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn accepted(fixture: &Fixture) -> Result<(), String> {
    let list = fixture.symbols();
    let first = rewrite(&fixture.bytes, &list).map_err(|error| error.to_string())?;
    let found = findings(fixture, &first.bytes);
    if !found.is_empty() {
        return Err(found.join("; "));
    }
    let second = rewrite(&first.bytes, &list).map_err(|error| error.to_string())?;
    assert_eq!(second.bytes, first.bytes, "{}", fixture.name);
    if first.outcome == Outcome::NothingListed {
        assert_eq!(first.bytes, fixture.bytes, "{}", fixture.name);
        return Ok(());
    }
    assert_eq!(
        second.outcome,
        Outcome::AlreadyRewritten,
        "{}",
        fixture.name
    );
    // The check must also see that the rewrite is what made the module fit.
    let before = findings(fixture, &fixture.bytes);
    match before
        .iter()
        .any(|finding| finding.contains("is not rewritten"))
    {
        true => Ok(()),
        false => Err(format!("raw module: {before:?}")),
    }
}

fn refused(fixture: &Fixture) -> Result<(), String> {
    let result = rewrite(&fixture.bytes, &fixture.symbols());
    if let Some(wanted) = &fixture.rewrite {
        return match result {
            Err(error) if error.to_string().contains(wanted.as_str()) => Ok(()),
            other => Err(format!("{:?}", other.map(|done| done.outcome))),
        };
    }
    let bytes = result.map_err(|error| error.to_string())?.bytes;
    let found = findings(fixture, &bytes);
    match fixture
        .check
        .iter()
        .find(|wanted| !found.iter().any(|f| f.contains(wanted.as_str())))
    {
        Some(missing) => Err(format!("no '{missing}' in {found:?}")),
        None => Ok(()),
    }
}
