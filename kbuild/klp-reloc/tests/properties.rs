// SPDX-License-Identifier: GPL-2.0
//! Properties over generated modules: what a rewrite may change, and that nothing panics.

mod common;

use common::{exported, fixtures};
use klp_reloc::{check, rewrite, Outcome, Rewritten, Rules, SymbolList};
use object::elf;
use object::read::elf::{ElfFile64, FileHeader as _, SectionHeader as _, Sym as _};
use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

/// Listed, and listed with a position, and not listed.
const NAMES: [&str; 3] = ["wanted", "key", "exported"];
const LIST: &str = "wanted\nkey 3 data\nabsent\n";

/// One section of a generated module: content, and relocations as (place, symbol, addend).
type Content = (Vec<u8>, Vec<(u64, usize, i64)>, bool);

fn content() -> impl Strategy<Value = Content> {
    let rela = (0..64u64, 0..NAMES.len(), any::<i32>().prop_map(i64::from));
    (vec(any::<u8>(), 72), vec(rela, 0..6), any::<bool>())
}

fn module(contents: &[Content]) -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let info = object.add_section(Vec::new(), b".modinfo".to_vec(), SectionKind::ReadOnlyData);
    object.append_section_data(info, b"license=GPL\0livepatch=Y\0", 1);
    let symbols = NAMES.map(|name| undefined(&mut object, name));
    for (index, (bytes, relas, loaded)) in contents.iter().enumerate() {
        let kind = if *loaded {
            SectionKind::Data
        } else {
            SectionKind::Debug
        };
        let section = object.add_section(Vec::new(), format!(".part{index}").into_bytes(), kind);
        object.append_section_data(section, bytes, 8);
        for (offset, symbol, addend) in relas {
            add_rela(&mut object, section, *offset, symbols[*symbol], *addend);
        }
    }
    object.write().unwrap()
}

fn undefined(object: &mut Object<'_>, name: &str) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Unknown,
        scope: SymbolScope::Unknown,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    })
}

fn add_rela(object: &mut Object<'_>, to: SectionId, offset: u64, symbol: SymbolId, addend: i64) {
    let flags = RelocationFlags::Elf {
        r_type: elf::R_X86_64_64,
    };
    object
        .add_relocation(
            to,
            Relocation {
                offset,
                symbol,
                addend,
                flags,
            },
        )
        .unwrap();
}

/// A section as `object`'s own reader sees it, without its place in the file.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    name: String,
    header: (u32, u64, u32, u32, u64, u64),
    /// Its place in the file fits its alignment.
    aligned: bool,
    bytes: Vec<u8>,
    /// (offset, type, symbol, addend)
    relas: Vec<(u64, u32, u32, i64)>,
}

fn seen(bytes: &[u8]) -> (Vec<Seen>, Vec<String>) {
    let endian = Endianness::Little;
    let file = ElfFile64::<Endianness>::parse(bytes).unwrap();
    let sections = file.elf_header().sections(endian, bytes).unwrap();
    let all = sections.iter().map(|section| {
        let relas = match section.rela(endian, bytes).unwrap() {
            Some((relas, _)) => relas.to_vec(),
            None => Vec::new(),
        };
        let rela = |rela: &elf::Rela64<Endianness>| {
            let (kind, symbol) = (rela.r_type(endian, false).0, rela.r_sym(endian, false));
            (
                rela.r_offset.get(endian),
                kind,
                symbol,
                rela.r_addend.get(endian),
            )
        };
        Seen {
            name: String::from_utf8_lossy(sections.section_name(endian, section).unwrap()).into(),
            header: (
                section.sh_type(endian).0,
                section.sh_flags(endian).0,
                section.sh_link(endian),
                section.sh_info(endian),
                section.sh_addralign(endian),
                section.sh_entsize(endian),
            ),
            aligned: section.sh_offset(endian) % section.sh_addralign(endian).max(1) == 0,
            bytes: section.data(endian, bytes).unwrap().to_vec(),
            relas: relas.iter().map(rela).collect(),
        }
    });
    let all: Vec<Seen> = all.collect();
    let symbols = sections.symbols(endian, bytes, elf::SHT_SYMTAB).unwrap();
    let names = symbols.iter().map(|symbol| {
        let name = String::from_utf8_lossy(symbols.symbol_name(endian, symbol).unwrap());
        format!(
            "{name} {:?} {:#x}",
            symbol.st_info(),
            symbol.st_shndx(endian).0
        )
    });
    let names = names.collect();
    (all, names)
}

/// A failing case is kept beside this file, and tried first from then on.
fn cases(cases: u32) -> ProptestConfig {
    let kept = FileFailurePersistence::WithSource("regressions");
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(kept)),
        ..ProptestConfig::default()
    }
}

fn list() -> SymbolList {
    SymbolList::parse(LIST, "list").unwrap()
}

fn is_listed(symbol: &str) -> bool {
    symbol.starts_with("wanted ") || symbol.starts_with("key ")
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn only_listed_symbols_and_their_relocations_change(contents in vec(content(), 0..6)) {
        let input = module(&contents);
        let output = rewrite(&input, &list()).unwrap();
        let ((before, symbols), (after, renamed)) = (seen(&input), seen(&output.bytes));
        for (old, new) in symbols.iter().zip(&renamed) {
            match old {
                old if old.starts_with("wanted ") =>
                    prop_assert!(new.starts_with(".klp.sym.vmlinux.wanted,0 "), "{}", new),
                old if old.starts_with("key ") =>
                    prop_assert!(new.starts_with(".klp.sym.vmlinux.key,3 "), "{}", new),
                old => prop_assert_eq!(old, new),
            }
            prop_assert_eq!(is_listed(old), new.ends_with(" 0xff20"));
        }
        prop_assert_eq!(symbols.len(), renamed.len());

        let mut added = after[before.len()..].iter();
        for (old, new) in before.iter().zip(&after) {
            prop_assert_eq!((&old.name, old.header), (&new.name, new.header));
            if matches!(old.name.as_str(), ".symtab" | ".strtab" | ".shstrtab") {
                prop_assert!(old.name == ".symtab" || new.bytes.starts_with(&old.bytes));
                continue;
            }
            let target = &before[old.header.3 as usize];
            let loaded = target.header.1 & elf::SHF_ALLOC.0 != 0;
            let (taken, kept): (Vec<_>, Vec<_>) = old
                .relas
                .iter()
                .copied()
                .partition(|rela| loaded && is_listed(&symbols[rela.2 as usize]));
            if taken.is_empty() {
                prop_assert_eq!(old, new);
                continue;
            }
            prop_assert_eq!(&kept, &new.relas);
            let moved = added.next().unwrap();
            prop_assert_eq!(&moved.name, &format!(".klp.rela.vmlinux.{}", target.name));
            prop_assert_eq!(&taken, &moved.relas);
            prop_assert!(moved.aligned);
            prop_assert_eq!(moved.header, (4, 0x10_0042, old.header.2, old.header.3, 8, 24));
        }
        prop_assert_eq!(added.next(), None);
    }

    #[test]
    fn a_second_rewrite_changes_nothing(contents in vec(content(), 0..6)) {
        let first = rewrite(&module(&contents), &list()).unwrap();
        let second = rewrite(&first.bytes, &list()).unwrap();
        let want = Rewritten { outcome: Outcome::AlreadyRewritten, moved: Vec::new(), ..first };
        prop_assert_eq!(second, want);
    }

    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..400)) {
        answer(&bytes, LIST, Some(""));
    }
}

/// A change to a file: at a place, some bytes, or the end of the file.
fn change() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let edge = prop_oneof![
        Just(u64::MAX),
        Just(1 << 63),
        Just(1 << 32),
        Just(u64::from(u32::MAX)),
        0..300u64
    ];
    let number = (edge, 1..9usize).prop_map(|(value, len)| value.to_le_bytes()[..len].to_vec());
    (any::<usize>(), prop_oneof![number, vec(any::<u8>(), 1..9)])
}

/// Asks everything of a file; the answer does not matter, but a rewrite must be stable.
fn answer(bytes: &[u8], list: &str, hooks: Option<&str>) {
    let (list, symvers) = (SymbolList::parse(list, "list").unwrap(), exported());
    let rules = Rules {
        list: &list,
        symvers: &symvers,
        hooks,
    };
    let _ = check(bytes, &rules);
    let Ok(first) = rewrite(bytes, &list) else {
        return;
    };
    check(&first.bytes, &rules).unwrap();
    assert_eq!(rewrite(&first.bytes, &list).unwrap().bytes, first.bytes);
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn a_damaged_module_is_answered(
        pick in any::<prop::sample::Index>(),
        changes in vec(change(), 1..6),
        rewritten in any::<bool>(),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
        headers in 0..3u8,
    ) {
        let fixture = pick.get(fixtures());
        let mut bytes = fixture.bytes.clone();
        if rewritten {
            bytes = rewrite(&bytes, &fixture.symbols()).map_or(bytes, |done| done.bytes);
        }
        // Random places are mostly code: aim at the two kinds of header as well.
        let table = u64::from_le_bytes(bytes[40..48].try_into().unwrap()) as usize;
        let (from, len) = match headers {
            0 => (0, bytes.len()),
            1 => (0, 64),
            _ => (table, bytes.len() - table),
        };
        for (place, new) in changes {
            for (index, byte) in new.iter().enumerate() {
                let at = from + (place % len + index) % len;
                bytes[at] = *byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        answer(&bytes, &fixture.list, fixture.hooks.as_deref().or(Some("")));
    }
}
