// SPDX-License-Identifier: GPL-2.0
//! Guests with an image: where in the initramfs a file waits until `guest/enter-image` has the image.

use std::path::PathBuf;

use crate::cache::Layout;
use crate::error::{Error, Result};
use crate::tools::Files;

/// The initramfs' folder of all that is copied into the image.
const FOLDER: &str = "image";
/// Where the image finds what the initramfs has in /kbp: tools, by their names, first in PATH ...
const TOOLS: &str = "kbp/tool";
/// ... and what they consist of.
const LIBRARIES: &str = "kbp/lib";

/// The image that `kbuild.sh image` has made.
pub fn debian(layout: &Layout) -> Result<PathBuf> {
    let image = layout.cache.join("image/debian.ext4");
    match image.is_file() {
        true => Ok(image),
        false => Err(Error::Other(format!(
            "there is no {}: run `make image`",
            image.display()
        ))),
    }
}

/// The place of the file that is to be `path` in the image. A Debian's /bin, /sbin, /lib and /lib64 are
/// links to folders in /usr, which a folder of that name must not replace.
pub(crate) fn place(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    match first {
        "bin" | "sbin" | "lib" | "lib64" => format!("{FOLDER}/usr/{path}"),
        _ => format!("{FOLDER}/{path}"),
    }
}

/// Tools for an image whose libraries may be other ones: each runs by its own loader, with its own
/// libraries, which are out of the image's way.
pub(crate) fn apart(files: Files) -> Files {
    let mut moved = Files::new();
    for (path, data) in files {
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.starts_with("bin/") {
            moved.insert(format!("{LIBRARIES}/tool/{name}"), data);
            let start = format!(
                "#!/bin/sh\nexec /{LIBRARIES}/ld-linux-x86-64.so.2 --library-path /{LIBRARIES} /{LIBRARIES}/tool/{name} \"$@\"\n"
            );
            moved.insert(format!("{TOOLS}/{name}"), start.into_bytes());
        } else {
            moved.insert(format!("{LIBRARIES}/{name}"), data);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_debian_stay_links() {
        assert_eq!(place("/lib/kbp/kbp.ko"), "image/usr/lib/kbp/kbp.ko");
        assert_eq!(place("bin/kbpctl"), "image/usr/bin/kbpctl");
        assert_eq!(place("/root/x"), "image/root/x");
        assert_eq!(place("/library/x"), "image/library/x");
    }

    #[test]
    fn a_tool_brings_its_own_libraries() {
        let files = [
            "bin/chrt",
            "lib/x86_64-linux-gnu/libc.so.6",
            "lib64/ld-linux-x86-64.so.2",
        ];
        let files = files.map(|path| (path.to_owned(), Vec::new()));
        let moved = apart(files.into());
        let names: Vec<_> = moved.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "kbp/lib/ld-linux-x86-64.so.2",
                "kbp/lib/libc.so.6",
                "kbp/lib/tool/chrt",
                "kbp/tool/chrt"
            ]
        );
        let start = String::from_utf8(moved["kbp/tool/chrt"].clone()).unwrap();
        assert!(start.contains("/kbp/lib/tool/chrt \"$@\""), "{start}");
    }
}
