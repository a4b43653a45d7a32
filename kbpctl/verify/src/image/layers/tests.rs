// SPDX-License-Identifier: GPL-2.0
//! Each way to pack a kernel, alone and around one another.

use std::io::Write;

use super::*;
use crate::image::unpack;

const KERNEL: &[u8] = b"\x7fELF and whatever else is in a kernel";
/// `xz --check=crc32 --x86 --lzma2=dict=1MiB`, as scripts/xz_wrap.sh of the kernel does.
#[rustfmt::skip]
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x01, 0x04, 0x00,
    0x21, 0x01, 0x10, 0x00, 0x8b, 0x21, 0x6f, 0x49, 0x01, 0x00, 0x24, 0x7f, 0x45, 0x4c, 0x46, 0x20,
    0x61, 0x6e, 0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73,
    0x65, 0x20, 0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c,
    0x00, 0x00, 0x00, 0x00, 0x89, 0x27, 0xa0, 0xb3, 0x00, 0x01, 0x39, 0x25, 0xd6, 0xec, 0x06, 0x65,
    0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
];
#[rustfmt::skip]
const ZSTD: &[u8] = &[
    0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x25, 0x29, 0x01, 0x00, 0x7f, 0x45, 0x4c, 0x46, 0x20, 0x61, 0x6e,
    0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73, 0x65, 0x20,
    0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c, 0x7c, 0xea,
    0x09, 0xe6,
];
/// `lz4 -l`
#[rustfmt::skip]
const LZ4: &[u8] = &[
    0x02, 0x21, 0x4c, 0x18, 0x27, 0x00, 0x00, 0x00, 0xf0, 0x16, 0x7f, 0x45, 0x4c, 0x46, 0x20, 0x61,
    0x6e, 0x64, 0x20, 0x77, 0x68, 0x61, 0x74, 0x65, 0x76, 0x65, 0x72, 0x20, 0x65, 0x6c, 0x73, 0x65,
    0x20, 0x69, 0x73, 0x20, 0x69, 0x6e, 0x20, 0x61, 0x20, 0x6b, 0x65, 0x72, 0x6e, 0x65, 0x6c,
];

fn gzip() -> Vec<u8> {
    gzip_of(KERNEL)
}

fn gzip_of(inner: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(inner).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// As the build makes it: 4 KiB of set-up code, some code, the packed kernel, more code.
fn bzimage(payload: &[u8], size_follows: bool) -> Vec<u8> {
    let size = (KERNEL.len() as u32).to_le_bytes();
    let payload = [payload, if size_follows { &size } else { &[] }].concat();
    let mut file = vec![0x90; 8 * 512 + 100];
    file[0x1f1] = 7;
    file[0x202..0x206].copy_from_slice(b"HdrS");
    file[0x206..0x208].copy_from_slice(&0x20f_u16.to_le_bytes());
    file[0x248..0x24c].copy_from_slice(&100_u32.to_le_bytes());
    file[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    file.extend(payload);
    file.extend([0xcc; 300]);
    file
}

#[test]
fn all_ways_to_pack_a_kernel() {
    for (packed, size_follows) in [(&*gzip(), false), (XZ, true), (ZSTD, true), (LZ4, true)] {
        let file = bzimage(packed, size_follows);
        assert_eq!(unpack(&file[..]).as_deref(), Ok(KERNEL), "{packed:02x?}");
    }
    assert_eq!(unpack(KERNEL).as_deref(), Ok(KERNEL));
}

#[test]
fn what_does_not_unpack_is_told() {
    let damaged = |result| matches!(result, Err(Error::Damaged(_)));
    for packed in [&*gzip(), XZ, ZSTD, LZ4] {
        let half = &packed[..packed.len() / 2];
        assert!(damaged(unpack(&bzimage(half, false)[..])), "{packed:02x?}");
    }
    let file = bzimage(XZ, true);
    assert!(damaged(unpack(&file[..file.len() - 400])));
    let packing = Error::Packing("bzip2".into());
    assert_eq!(unpack(&bzimage(b"BZh9 and so on", true)[..]), Err(packing));
}

/// A PE file as ukify makes it, with `.linux` between other sections.
fn unified_with(name: &[u8; 8], kernel: &[u8]) -> Vec<u8> {
    const HEADERS: usize = 0x400;
    let mut file = vec![0; HEADERS];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x80_u32.to_le_bytes());
    put(0x80, b"PE\0\0\x64\x86");
    // Two sections; an optional header of 64 bits with 16 directories.
    put(0x86, &2_u16.to_le_bytes());
    put(0x94, &240_u16.to_le_bytes());
    put(0x98, &0x20b_u16.to_le_bytes());
    put(0x98 + 108, &16_u32.to_le_bytes());
    let sections = [
        (b".osrel\0\0", HEADERS, 10),
        (name, HEADERS + 10, kernel.len()),
    ];
    for (index, (name, offset, len)) in sections.into_iter().enumerate() {
        let at = 0x98 + 240 + 40 * index;
        put(at, name);
        for (field, value) in [
            (8, len),
            (12, 0x1000 * (index + 1)),
            (16, len),
            (20, offset),
        ] {
            put(at + field, &(value as u32).to_le_bytes());
        }
    }
    file.extend([b'#'; 10]);
    file.extend(kernel);
    file.extend([0xdd; 99]);
    file
}

#[test]
fn layers_around_one_another() {
    let bzimage = bzimage(ZSTD, true);
    let unified = unified_with(b".linux\0\0", &bzimage);
    for file in [
        gzip_of(&bzimage),
        gzip_of(KERNEL),
        gzip_of(&unified),
        unified_with(b".linux\0\0", KERNEL),
        unified_with(b".linux\0\0", &gzip_of(KERNEL)),
        unified,
    ] {
        assert_eq!(unpack(&file[..]).as_deref(), Ok(KERNEL));
    }
}

#[test]
fn what_is_no_kernel_is_told_by_what_it_is() {
    let deep = (0..9).fold(KERNEL.to_vec(), |inner, _| gzip_of(&inner));
    for (file, words) in [
        (
            unified_with(b".initrd\0", KERNEL),
            "without a .linux section",
        ),
        (b"MZ and no more".to_vec(), "a PE file that cannot be read"),
        (Vec::new(), "there is nothing in it"),
        (
            b"#!/bin/sh".to_vec(),
            "it begins with [23, 21, 2f, 62], unlike",
        ),
        (deep, "it is packed 6 times"),
    ] {
        match unpack(&file[..]) {
            Err(Error::NotAKernel(said)) => assert!(said.contains(words), "{said}"),
            other => panic!("{words}: {other:?}"),
        }
    }
    let half = &unified_with(b".linux\0\0", &bzimage(XZ, true))[..0x400 + 10 + 4196 + 50];
    assert!(matches!(unpack(half), Err(Error::Damaged(_))));
}

#[test]
fn what_has_no_end_is_not_read_to_its_end() {
    let zeros = || std::io::repeat(0);
    assert!(matches!(unpack(zeros()), Err(Error::NotAKernel(_))));
    let behind = |file: Vec<u8>| std::io::Cursor::new(file).chain(zeros());
    assert_eq!(unpack(behind(bzimage(ZSTD, true))).as_deref(), Ok(KERNEL));
    assert_eq!(unpack(behind(gzip())).as_deref(), Ok(KERNEL));
}
