// SPDX-License-Identifier: GPL-2.0
//! Files that were made to harm: each gets an error or a verdict that is not "ok", and none brings
//! the analysis down.

use std::io::Cursor;

use kbp_verify::btf::Btf;
use kbp_verify::{build_id_of_notes, verify, Verdict};
use proptest::prelude::*;

use crate::subject::{all, Patch};

/// A bzImage whose payload is this.
fn bzimage(payload: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 1024];
    file[0x1f1] = 1;
    file[0x202..0x206].copy_from_slice(b"HdrS");
    file[0x206..0x208].copy_from_slice(&0x208_u16.to_le_bytes());
    file[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    file.extend(payload);
    file
}

const MAGICS: [&[u8]; 7] = [
    b"\x7fELF\x02\x01\x01",
    b"\x1f\x8b\x08\0",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x02\x21\x4c\x18",
    b"BZh9",
    b"",
];

proptest! {
    #[test]
    fn garbage_is_refused(magic in 0..MAGICS.len(), rest in prop::collection::vec(any::<u8>(), 0..600)) {
        let payload = [MAGICS[magic], &rest].concat();
        prop_assert!(verify(Cursor::new(bzimage(&payload)), None).is_err());
        prop_assert!(verify(Cursor::new(&payload), None).is_err());
    }

    #[test]
    fn any_bytes_are_types_or_an_error(mut data in prop::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
        if header && data.len() >= 24 {
            data[..4].copy_from_slice(&[0x9f, 0xeb, 1, 0]);
            for (at, value) in [(4, 24), (8, 0), (12, data.len() as u32 - 24), (16, 0), (20, data.len() as u32 - 24)] {
                data[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
        }
        if let Ok(btf) = Btf::read(&data) {
            for id in 0..40 {
                btf.spell(id);
                btf.path(id, 9);
                btf.field(id, "x");
            }
            btf.enumerator("x");
            btf.prototypes("");
        }
    }

    #[test]
    fn any_bytes_are_notes_or_none(data in prop::collection::vec(any::<u8>(), 0..64)) {
        build_id_of_notes(&data);
    }
}

proptest! {
    // Each looks through a whole kernel.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_kernel_that_was_cut_off_is_refused(kernel in any::<prop::sample::Index>(), keep in 0.0..1.0) {
        let subject = kernel.get(all());
        let mut end = 0;
        subject.patches(|kernel| {
            end = kernel.image.end();
            Vec::new()
        });
        let keep = (end as f64 * keep) as usize;
        if let Ok(report) = verify(Cursor::new(&subject.elf[..keep]), Some(&subject.config)) {
            prop_assert_ne!(report.verdict, Verdict::Ok);
        }
    }

    #[test]
    fn holes_in_the_tables_are_survived(
        kernel in any::<prop::sample::Index>(),
        holes in prop::collection::vec((0..4_usize, any::<prop::sample::Index>(), any::<[u8; 16]>()), 1..200),
    ) {
        let subject = kernel.get(all());
        let mut places = Vec::new();
        subject.patches(|kernel| {
            for name in [".rodata", ".BTF", ".text", ".init.data"] {
                let section = kernel.image.section(name).expect(name);
                places.push(section.offset..section.offset + section.size - 16);
            }
            Vec::new()
        });
        let patches: Vec<Patch> = holes
            .iter()
            .map(|(place, at, bytes)| {
                let place = &places[*place];
                (place.start + at.index(place.len()), bytes.to_vec())
            })
            .collect();
        subject.verify(&patches);
    }
}
