// SPDX-License-Identifier: GPL-2.0
//! The kernels to test with, and copies of them with bytes changed.

use std::fs;
use std::io::Cursor;
use std::sync::OnceLock;

use kbp_verify::{image, Image, Kernel, Report, Verdict};
use kbp_vm::cache::{checks_itself, Layout};

/// One kernel of the cache, unpacked.
pub(crate) struct Subject {
    pub(crate) release: String,
    pub(crate) elf: Vec<u8>,
    pub(crate) config: String,
}

/// All kernels of the cache that were prepared for building; others KBP does not support.
pub(crate) fn all() -> &'static [Subject] {
    static ALL: OnceLock<Vec<Subject>> = OnceLock::new();
    ALL.get_or_init(|| {
        let layout = Layout::find().expect("the repository");
        let folder = layout.cache.join("kernels");
        let kernels = fs::read_dir(&folder).into_iter().flatten().flatten();
        let subjects: Vec<Subject> = kernels
            .filter(|entry| entry.path().join(".kbp-done").exists())
            .filter(|entry| !checks_itself(&entry.file_name().to_string_lossy()))
            .filter_map(|entry| {
                let file = fs::read(entry.path().join("vmlinuz")).ok()?;
                Some(Subject {
                    release: entry.file_name().to_string_lossy().into_owned(),
                    elf: image::unpack(&file[..]).expect("an image that unpacks"),
                    config: fs::read_to_string(entry.path().join("config")).expect("its config"),
                })
            })
            .collect();
        assert!(
            !subjects.is_empty(),
            "no kernel in {}: run `make kernel`",
            folder.display()
        );
        subjects
    })
}

/// Bytes and where they go in the file.
pub(crate) type Patch = (usize, Vec<u8>);

impl Subject {
    /// What is said of the kernel with these bytes changed.
    pub(crate) fn verify(&self, patches: &[Patch]) -> Report {
        let mut elf = self.elf.clone();
        for (at, bytes) in patches {
            elf[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        kbp_verify::verify(Cursor::new(&elf), Some(&self.config))
            .expect("an image that can be read")
    }

    /// Looks at the kernel to find out where to change something.
    pub(crate) fn patches(&self, find: impl FnOnce(&Kernel) -> Vec<Patch>) -> Vec<Patch> {
        let image = Image::read(Cursor::new(&self.elf)).expect("an image that can be read");
        find(&Kernel::read(&image).expect("its tables"))
    }
}

/// Each kernel of the cache, changed, gets this verdict by this check, which names this.
pub(crate) fn caught(
    check: &str,
    verdict: Verdict,
    names: &str,
    find: impl Fn(&Kernel) -> Vec<Patch>,
) {
    for subject in all() {
        let patches = subject.patches(&find);
        assert!(
            !patches.is_empty(),
            "{}: nothing to change",
            subject.release
        );
        let report = subject.verify(&patches);
        let release = &subject.release;
        assert_ne!(report.verdict, Verdict::Ok, "{release}");
        let found = report.checks.iter().find(|found| found.name == check);
        let found = found.unwrap_or_else(|| panic!("{release}: no check {check}"));
        assert_eq!(found.verdict, verdict, "{release}: {:?}", report.reasons());
        assert!(
            found.reasons.iter().any(|reason| reason.contains(names)),
            "{release}: {:?} does not name {names}",
            found.reasons
        );
    }
}
