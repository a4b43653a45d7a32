// SPDX-License-Identifier: GPL-2.0
//! Kernels as the distribution built them.

use std::io::Cursor;

use kbp_verify::{verify, Image, Symbols, Verdict};

use crate::subject::all;

#[test]
fn every_kernel_of_the_cache_is_found_fit() {
    for subject in all() {
        let report = subject.verify(&[]);
        assert_eq!(
            report.reasons(),
            Vec::<String>::new(),
            "{}",
            subject.release
        );
        assert_eq!(report.verdict, Verdict::Ok, "{}", subject.release);
        assert_eq!(report.kernel.as_deref(), Some(&*subject.release));
        assert_eq!(
            report.build_id.map(|id| id.len()),
            Some(40),
            "{}",
            subject.release
        );
    }
}

#[test]
fn the_symbols_are_those_of_the_image() {
    for subject in all() {
        let image = Image::read(Cursor::new(&subject.elf)).expect("an image");
        let symbols = Symbols::read(&image).expect("its symbols");
        let of = |name: &str| symbols.unique(name).map(|symbol| symbol.address);
        let text = image.section(".text").map(|section| section.address);
        assert_eq!(of("_text"), text, "{}", subject.release);
        // Far from the start of the table, so one name too many or too few would show.
        let init = image.section(".init.text").map(|section| section.address);
        let first = of("_sinittext");
        assert!(
            first.is_some() && first == init,
            "{}: {first:x?} {init:x?}",
            subject.release
        );
    }
}

#[test]
fn without_its_configuration_nothing_is_certain() {
    let subject = &all()[0];
    for config in [None, Some("")] {
        let report = verify(Cursor::new(&subject.elf), config).expect("an image");
        assert_eq!(report.verdict, Verdict::Unknown);
        assert!(
            report.reasons()[0].starts_with("config: "),
            "{:?}",
            report.reasons()
        );
    }
}

#[test]
fn options_that_are_wrong_are_named() {
    let subject = &all()[0];
    for (without, with, named) in [
        ("CONFIG_LIVEPATCH=y", "", "CONFIG_LIVEPATCH is off"),
        ("CONFIG_UNWINDER_ORC=y", "", "CONFIG_UNWINDER_ORC is off"),
        ("", "CONFIG_PREEMPT_RT=y\n", "CONFIG_PREEMPT_RT is on"),
    ] {
        let config = format!("{}\n{with}", subject.config.replace(without, ""));
        let report = verify(Cursor::new(&subject.elf), Some(&config)).expect("an image");
        assert_eq!(report.verdict, Verdict::Unsafe);
        assert!(
            report.reasons()[0].contains(named),
            "{:?}",
            report.reasons()
        );
    }
}
