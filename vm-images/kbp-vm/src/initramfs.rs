// SPDX-License-Identifier: GPL-2.0
//! Puts together the file system a guest boots with.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::busybox;
use crate::cache::{Kernel, Layout};
use crate::config::{VmConfig, Work};
use crate::cpio::Archive;
use crate::error::{Error, Result};
use crate::image;
use crate::modules;
use crate::tools;

/// Available in every guest; the virtio ones are loaded, the rest on demand.
const STOCK_MODULES: [&str; 7] = [
    "virtio_pci",
    "virtio_net",
    "net_failover",
    "failover",
    "veth",
    "dummy",
    "bridge",
];

/// Host programs (of `out/bin`) that every guest gets when they were built.
const PROGRAMS: [&str; 2] = ["kbpctl", "kbp-bench"];

/// What it takes to mount an image. In 6.1 ext4 asks for a checksum that no other module names.
const IMAGE_MODULES: [&str; 3] = ["virtio_blk", "crc32c_generic", "ext4"];

/// What a person's bash begins with.
const PROFILE: &[u8] = br#"PS1='guest \w # '
eval "$(kbpctl completion bash 2>/dev/null)"
"#;

/// The scripts that guests run by.
const GUEST: [(&str, &[u8]); 8] = [
    ("init", include_bytes!("../../guest/init")),
    ("kbp/work", include_bytes!("../../guest/work")),
    ("kbp/prompt", include_bytes!("../../guest/prompt")),
    ("kbp/enter-image", include_bytes!("../../guest/enter-image")),
    ("bin/kbp-gdb", include_bytes!("../../guest/kbp-gdb")),
    ("bin/kbp-host", include_bytes!("../../guest/kbp-host")),
    ("bin/kbp-mark", include_bytes!("../../guest/kbp-mark")),
    ("bin/kbp-wait", include_bytes!("../../guest/kbp-wait")),
];

/// Builds the archive for this configuration.
pub(crate) fn build(config: &VmConfig, layout: &Layout, kernel: &Kernel) -> Result<Vec<u8>> {
    let mut archive = common(config, layout, kernel)?;
    add_own(&mut archive, config)?;
    Ok(archive.finish())
}

/// That of a guest which waits for the rest of it, once it is up; [`own`] is that.
pub(crate) fn build_kept(config: &VmConfig, layout: &Layout, kernel: &Kernel) -> Result<Vec<u8>> {
    let mut archive = common(config, layout, kernel)?;
    archive.file("kbp/kept", 0o644, b"");
    Ok(archive.finish())
}

/// What only this guest has, of those that are the same until they work.
pub(crate) fn own(config: &VmConfig) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    add_own(&mut archive, config)?;
    Ok(archive.finish())
}

fn common(config: &VmConfig, layout: &Layout, kernel: &Kernel) -> Result<Archive> {
    let mut archive = Archive::default();
    for dir in [
        "bin",
        "dev",
        "proc",
        "sys",
        "tmp",
        "run",
        "root",
        "etc",
        "lib",
        "lib/modules",
        "usr",
        "kbp",
    ] {
        archive.dir(dir);
    }
    // One folder for all programs, under every name that scripts and the kernel (/sbin/modprobe) use.
    for (link, target) in [
        ("sbin", "bin"),
        ("usr/bin", "../bin"),
        ("usr/sbin", "../bin"),
    ] {
        archive.symlink(link, target);
    }
    // The kernel opens it for init before devtmpfs is mounted.
    archive.device("dev/console", 5, 1);
    // In an image PATH has the image's programs first, its shell among them.
    let plain = config.root.is_none();
    busybox::add(&mut archive, plain)?;
    for (path, text) in GUEST {
        archive.file(path, 0o755, text);
    }
    let place = |path: &str| place(config, path);
    for program in PROGRAMS {
        let file = layout.root.join("out/bin").join(program);
        if file.is_file() {
            put(&mut archive, &file, &place(&format!("bin/{program}")))?;
        }
    }
    let root = layout.cache.join("root");
    let mut names = config.tools.clone();
    if plain {
        names.extend(busybox::replacements(&root));
    }
    let tools = tools::collect(&root, &names)?;
    let tools = match plain {
        true => tools,
        false => image::apart(tools),
    };
    for (path, data) in tools {
        parents(&mut archive, &path);
        archive.file(&path, 0o755, &data);
    }
    stock_modules(&mut archive, config, kernel)?;
    let built = layout.root.join("out/modules").join(&kernel.release);
    if built.is_dir() {
        put(&mut archive, &built, &place("lib/kbp"))?;
        if let Some((path, text)) = verdict(&built.join("verified.json"))? {
            let path = place(&path);
            parents(&mut archive, &path);
            archive.file(&path, 0o644, &text);
        }
    }
    for (host, guest) in &config.copies {
        put(&mut archive, host, &place(guest))?;
    }
    if config.root.is_some() {
        archive.dir("image");
        archive.file("kbp/release", 0o644, kernel.release.as_bytes());
        let starters = busybox::STARTERS.join("\n") + "\n";
        archive.file("kbp/starters", 0o644, starters.as_bytes());
        if !config.before.is_empty() {
            archive.file("kbp/before", 0o644, config.before.as_bytes());
        }
    }
    if !config.trace.is_empty() {
        archive.file(
            "kbp/trace",
            0o644,
            (config.trace.join("\n") + "\n").as_bytes(),
        );
    }
    archive.file("kbp/nics", 0o644, config.nics.len().to_string().as_bytes());
    // One a line, each with its end: none is an empty file.
    let drivers = config.nic_drivers().into_iter();
    let drivers: String = drivers.flat_map(|driver| [driver, "\n"]).collect();
    archive.file("kbp/drivers", 0o644, drivers.as_bytes());
    if let Work::Shell(rows, columns) = &config.work {
        archive.file(
            "kbp/shell",
            0o644,
            format!("rows {rows} cols {columns}").as_bytes(),
        );
        let (term, about) = terminal(&root)?;
        archive.file("kbp/term", 0o644, term.as_bytes());
        parents(&mut archive, &about.0);
        archive.file(&about.0, 0o644, &about.1);
        archive.file("kbp/profile", 0o644, PROFILE);
    }
    Ok(archive)
}

fn add_own(archive: &mut Archive, config: &VmConfig) -> Result<()> {
    for (host, guest) in &config.own {
        put(archive, host, &place(config, guest))?;
    }
    if let Work::Script(script) = &config.work {
        archive.file("kbp/command", 0o644, format!("{script}\n").as_bytes());
    }
    Ok(())
}

/// Where a file of the guest is: it waits elsewhere until there is the image that it goes into.
fn place(config: &VmConfig, path: &str) -> String {
    match config.root {
        Some(_) => image::place(path),
        None => path.to_owned(),
    }
}

/// The person's terminal, or the nearest that the Debian in `root` knows, and what it knows of it.
fn terminal(root: &Path) -> Result<(String, (String, Vec<u8>))> {
    let place = |term: &str| format!("usr/share/terminfo/{}/{term}", &term[..1]);
    let known = |term: &String| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        !term.is_empty() && term.bytes().all(plain) && root.join(place(term)).is_file()
    };
    let term = std::env::var("TERM").ok().filter(known);
    let term = term.unwrap_or_else(|| "vt100".into());
    let place = place(&term);
    let file = root.join(&place);
    let data = fs::read(&file).map_err(Error::at("read", &file))?;
    Ok((term, (place, data)))
}

/// The verdict on the kernel, and where `kbpctl load` looks for it. The guest has no image of its
/// kernel to come to one.
fn verdict(file: &Path) -> Result<Option<(String, Vec<u8>)>> {
    let Ok(text) = fs::read(file) else {
        return Ok(None);
    };
    let build_id = serde_json::from_slice::<serde_json::Value>(&text)
        .ok()
        .and_then(|verdict| Some(verdict.get("build_id")?.as_str()?.to_owned()));
    let build_id = build_id.filter(|id| id.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let build_id = build_id.ok_or_else(|| {
        Error::Other(format!(
            "{} names no build id: build the modules again",
            file.display()
        ))
    })?;
    Ok(Some((
        format!("var/lib/kbp/verified/{build_id}.json"),
        text,
    )))
}

fn stock_modules(archive: &mut Archive, config: &VmConfig, kernel: &Kernel) -> Result<()> {
    let mut wanted: Vec<String> = STOCK_MODULES.iter().map(|m| m.to_string()).collect();
    if config.root.is_some() {
        wanted.extend(IMAGE_MODULES.map(String::from));
    }
    wanted.extend(config.modules.iter().cloned());
    wanted.extend(config.nic_drivers().into_iter().map(String::from));
    let found = modules::collect(&kernel.modules, &wanted)?;
    let base = format!("lib/modules/{}", kernel.release);
    archive.dir(&base);
    for module in &found {
        let path = format!("{base}/kernel/{}", module.path);
        parents(archive, &path);
        archive.file(&path, 0o644, &module.data);
    }
    let (dep, alias) = modules::tables(&found);
    archive.file(&format!("{base}/modules.dep"), 0o644, dep.as_bytes());
    archive.file(&format!("{base}/modules.alias"), 0o644, alias.as_bytes());
    Ok(())
}

/// Adds the folders above `path`; adding one twice does no harm.
fn parents(archive: &mut Archive, path: &str) {
    let path = path.trim_start_matches('/');
    for (at, _) in path.match_indices('/') {
        archive.dir(&path[..at]);
    }
}

/// Adds a file or a folder, and the folders above it.
fn put(archive: &mut Archive, host: &Path, guest: &str) -> Result<()> {
    parents(archive, guest);
    tree(archive, host, guest)
}

/// Adds a file, or a folder with everything in it. Links are followed.
fn tree(archive: &mut Archive, host: &Path, guest: &str) -> Result<()> {
    let about = fs::metadata(host).map_err(Error::at("read", host))?;
    if !about.is_dir() {
        let data = fs::read(host).map_err(Error::at("read", host))?;
        archive.file(guest, about.permissions().mode(), &data);
        return Ok(());
    }
    archive.dir(guest);
    let entries = fs::read_dir(host).map_err(Error::at("read", host))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        tree(
            archive,
            &host.join(&name),
            &format!("{guest}/{}", name.to_string_lossy()),
        )?;
    }
    Ok(())
}
