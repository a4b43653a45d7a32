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

/// Changes the header of the first section of a type, as 64-bit words.
fn with_header(kind: u64, change: impl Fn(&mut [u64], &mut [u8])) -> String {
    let mut bytes = call().bytes.clone();
    let word = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let table = word(&bytes, 40) as usize;
    let mut starts = (table..bytes.len()).step_by(64);
    let start = starts.find(|at| word(&bytes, *at) >> 32 == kind).unwrap();
    let mut words: Vec<u64> = (0..8)
        .map(|index| word(&bytes, start + index * 8))
        .collect();
    change(&mut words, &mut bytes);
    for (index, word) in words.iter().enumerate() {
        bytes[start + index * 8..][..8].copy_from_slice(&word.to_le_bytes());
    }
    refusal(&bytes, "wanted")
}

#[test]
fn sections_that_share_bytes_are_refused() {
    const PROGBITS: u64 = 1;
    let message = with_header(PROGBITS, |words, _| words[3] = 0);
    assert!(message.contains("sections or headers overlap"), "{message}");
    let message = with_header(PROGBITS, |words, bytes| words[3] = bytes.len() as u64 - 8);
    assert!(message.contains("reaches past the end"), "{message}");
    let message = with_header(PROGBITS, |words, _| words[4] += 40);
    assert!(message.contains("sections or headers overlap"), "{message}");
}

#[test]
fn a_relocation_against_a_symbol_behind_the_last_is_refused() {
    const SYMTAB: u64 = 2;
    const RELA: u64 = 4;
    let count = std::cell::Cell::new(0);
    with_header(SYMTAB, |words, _| {
        count.set(words[4] as u32 / 24);
        words[7] = 0;
    });
    let message = with_header(RELA, |words, bytes| {
        bytes[words[3] as usize + 12..][..4].copy_from_slice(&count.get().to_le_bytes());
    });
    assert!(
        message.contains("refers to a symbol that does not exist"),
        "{message}"
    );
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
