// SPDX-License-Identifier: GPL-2.0
//! Files that are not modules, or not any more, are refused with one clear line.

mod common;

use common::{exported, Fixture};
use klp_reloc::{check, rewrite, Error, Rules, SymbolList};

fn call() -> &'static Fixture {
    Fixture::named("call-ok")
}

fn refusal(bytes: &[u8], list: &str) -> String {
    rewrite(bytes, &SymbolList::parse(list, "list").unwrap())
        .unwrap_err()
        .to_string()
}

fn changed(at: usize, to: u8) -> String {
    let mut bytes = call().bytes.clone();
    bytes[at] = to;
    refusal(&bytes, "wanted")
}

#[test]
fn another_kind_of_file_is_named() {
    assert!(refusal(b"", "wanted").contains("shorter than an ELF header"));
    assert!(refusal(&[0xfd; 100], "wanted").contains("no ELF magic"));
    assert!(changed(4, 1).contains("not 64-bit little-endian"));
    assert!(changed(5, 2).contains("not 64-bit little-endian"));
    assert!(changed(16, 2).contains("not of type ET_REL"));
    assert!(changed(18, 3).contains("another machine's code"));
}

#[test]
fn a_signed_module_is_refused_by_the_rewrite_and_accepted_by_the_check() {
    let fixture = call();
    let list = fixture.symbols();
    let mut bytes = rewrite(&fixture.bytes, &list).unwrap().bytes;
    bytes.extend_from_slice(b"signature~Module signature appended~\n");
    assert_eq!(rewrite(&bytes, &list), Err(Error::Signed));
    let symvers = exported();
    let rules = Rules {
        list: &list,
        symvers: &symvers,
        hooks: None,
    };
    assert_eq!(check(&bytes, &rules), Ok(Vec::new()));
}

#[test]
fn every_truncation_is_refused() {
    let bytes = &call().bytes;
    for len in 0..bytes.len() {
        let message = refusal(&bytes[..len], "wanted");
        assert!(
            message.contains("ELF") && !message.contains('\n'),
            "{len}: {message}"
        );
    }
}

#[test]
fn a_module_rewritten_with_another_list_is_refused() {
    let fixture = call();
    let bytes = rewrite(&fixture.bytes, &fixture.symbols()).unwrap().bytes;
    assert!(refusal(&bytes, "wanted 1").contains("rewritten with another list"));
    assert!(refusal(&bytes, "other").contains("rewritten with another list"));

    let list = SymbolList::parse("wanted 1", "list").unwrap();
    let symvers = exported();
    let rules = Rules {
        list: &list,
        symvers: &symvers,
        hooks: None,
    };
    let found = check(&bytes, &rules).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0]
        .to_string()
        .starts_with("unlisted: livepatch symbol .klp.sym.vmlinux.wanted,0"));
}

#[test]
fn a_partly_rewritten_module_is_refused() {
    let fixture = Fixture::named("sections-ok");
    let one = SymbolList::parse("wanted", "list").unwrap();
    let bytes = rewrite(&fixture.bytes, &one).unwrap().bytes;
    assert!(
        refusal(&bytes, &fixture.list).contains("partly rewritten (key is still a plain symbol)")
    );
}
