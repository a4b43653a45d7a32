// SPDX-License-Identifier: GPL-2.0
//! Where distributions put kernel images and their configurations.

use std::path::{Path, PathBuf};

use crate::error::{Error, Exit, Result};
use crate::sys::System;

/// A kernel image and, if one was found, its configuration.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) image: PathBuf,
    pub(crate) config: Option<PathBuf>,
}

/// The places of a file of the kernel `release`: `name-RELEASE` in /boot, `name` with the modules.
fn places(release: &str, name: &str) -> [PathBuf; 3] {
    let below = |folder: &str| Path::new(folder).join(release).join(name);
    [
        PathBuf::from(format!("/boot/{name}-{release}")),
        below("/usr/lib/modules"),
        below("/lib/modules"),
    ]
}

fn first(sys: &dyn System, places: [PathBuf; 3]) -> Option<PathBuf> {
    places.into_iter().find(|path| sys.exists(path))
}

/// The configuration of an installed kernel.
pub(crate) fn config(sys: &dyn System, release: &str) -> Option<PathBuf> {
    first(sys, places(release, "config"))
}

/// Looks for the files of an installed kernel.
pub(crate) fn find(sys: &dyn System, release: &str) -> Result<Files> {
    if release.is_empty() || release.contains('/') || release.starts_with('.') {
        return Err(Error::new(
            Exit::Usage,
            format!("no kernel '{release}'"),
            "a release is a name as uname -r prints it",
            "see the folders in /lib/modules",
        ));
    }
    let image = first(sys, places(release, "vmlinuz")).ok_or_else(|| {
        let places = places(release, "vmlinuz").map(|path| path.display().to_string());
        Error::new(
            Exit::Unsupported,
            format!("no image of kernel {release}"),
            format!("there is none of {}", places.join(", ")),
            "name it with kbpctl verify --image",
        )
    })?;
    Ok(Files {
        image,
        config: config(sys, release),
    })
}
