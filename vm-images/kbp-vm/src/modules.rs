// SPDX-License-Identifier: GPL-2.0
//! The stock modules a guest needs, with what they depend on, as busybox's modprobe wants them.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use object::{Object, ObjectSection};

use crate::error::{Error, Result};

/// One stock module, unpacked.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its name, with `_` for `-`.
    pub(crate) name: String,
    /// Its place below `kernel/`, without any compression suffix.
    pub(crate) path: String,
    /// The ELF file.
    pub(crate) data: Vec<u8>,
    /// The names in its `depends=`.
    pub(crate) depends: Vec<String>,
    /// The patterns in its `alias=` lines.
    pub(crate) aliases: Vec<String>,
}

/// Reads `wanted` and everything these depend on, dependencies first. Names that the tree does not
/// have are left out: what is built in needs no file, and the guest's modprobe tells of the rest.
pub(crate) fn collect(tree: &Path, wanted: &[String]) -> Result<Vec<Module>> {
    let index = index(tree)?;
    let mut found = Vec::new();
    for name in wanted {
        visit(&index, tree, &normal(name), &mut found)?;
    }
    Ok(found)
}

/// The `modules.dep` and `modules.alias` files for these modules, which are in load order.
pub(crate) fn tables(modules: &[Module]) -> (String, String) {
    let (mut dep, mut alias) = (String::new(), String::new());
    for (at, module) in modules.iter().enumerate() {
        dep += &format!("kernel/{}:", module.path);
        // modprobe inserts from the end of the line, so what is needed first stands last.
        let mut needs: Vec<&str> = module.depends.iter().map(String::as_str).collect();
        for before in modules[..at].iter().rev() {
            if needs.contains(&before.name.as_str()) {
                dep += &format!(" kernel/{}", before.path);
                needs.extend(before.depends.iter().map(String::as_str));
            }
        }
        dep.push('\n');
        for pattern in &module.aliases {
            alias += &format!("alias {pattern} {}\n", module.name);
        }
    }
    (dep, alias)
}

fn visit(
    index: &HashMap<String, PathBuf>,
    tree: &Path,
    name: &str,
    found: &mut Vec<Module>,
) -> Result<()> {
    if found.iter().any(|m| m.name == name) {
        return Ok(());
    }
    let Some(file) = index.get(name) else {
        return Ok(());
    };
    let data = unpack(file)?;
    let info = modinfo(&data).ok_or_else(|| {
        Error::Other(format!(
            "{} is not a kernel module: fetch the kernel again",
            file.display()
        ))
    })?;
    let values = |key: &str| {
        info.iter()
            .filter(|(k, _)| k == key)
            .map(|(_, v)| v.clone())
            .collect::<Vec<_>>()
    };
    let depends: Vec<String> = values("depends")
        .iter()
        .flat_map(|d| d.split(','))
        .filter(|d| !d.is_empty())
        .map(normal)
        .collect();
    for needed in &depends {
        visit(index, tree, needed, found)?;
    }
    let relative = file.strip_prefix(tree).unwrap_or(file).to_string_lossy();
    found.push(Module {
        name: name.into(),
        path: relative.trim_end_matches(".xz").into(),
        data,
        depends,
        aliases: values("alias"),
    });
    Ok(())
}

/// Module names use `_` and `-` alike.
fn normal(name: &str) -> String {
    name.replace('-', "_")
}

/// Every module of the tree by name.
fn index(tree: &Path) -> Result<HashMap<String, PathBuf>> {
    let (mut names, mut dirs) = (HashMap::new(), vec![tree.to_path_buf()]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).map_err(Error::at("read", &dir))? {
            let path = entry.map_err(Error::at("read", &dir))?.path();
            if path.is_dir() {
                dirs.push(path);
                continue;
            }
            let file = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if let Some(name) = file
                .strip_suffix(".ko")
                .or_else(|| file.strip_suffix(".ko.xz"))
            {
                names.insert(normal(name), path);
            }
        }
    }
    Ok(names)
}

fn unpack(file: &Path) -> Result<Vec<u8>> {
    let packed = fs::read(file).map_err(Error::at("read", file))?;
    if file.extension().is_none_or(|suffix| suffix != "xz") {
        return Ok(packed);
    }
    let mut data = Vec::new();
    liblzma::read::XzDecoder::new_multi_decoder(packed.as_slice())
        .read_to_end(&mut data)
        .map_err(Error::at("unpack", file))?;
    Ok(data)
}

/// The `key=value` strings of a module's `.modinfo`.
fn modinfo(elf: &[u8]) -> Option<Vec<(String, String)>> {
    let file = object::File::parse(elf).ok()?;
    let section = file.section_by_name(".modinfo")?.data().ok()?;
    Some(
        section
            .split(|byte| *byte == 0)
            .filter_map(|text| std::str::from_utf8(text).ok()?.split_once('='))
            .map(|(key, value)| (key.into(), value.into()))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, depends: &[&str]) -> Module {
        Module {
            name: name.into(),
            path: format!("net/{name}.ko"),
            data: Vec::new(),
            depends: depends.iter().map(|d| d.to_string()).collect(),
            aliases: vec![format!("rtnl-link-{name}")],
        }
    }

    #[test]
    fn what_is_needed_first_stands_last() {
        let modules = [
            module("llc", &[]),
            module("stp", &["llc"]),
            module("bridge", &["stp"]),
        ];
        let (dep, alias) = tables(&modules);
        assert_eq!(
            dep.lines().last().unwrap(),
            "kernel/net/bridge.ko: kernel/net/stp.ko kernel/net/llc.ko"
        );
        assert!(alias.contains("alias rtnl-link-bridge bridge\n"));
    }
}
