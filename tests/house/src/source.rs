// SPDX-License-Identifier: GPL-2.0
//! The files of a crate: their imports, and the paths they use. What only tests see is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemMod, ItemUse, Lit, Meta, UseTree};

use crate::Module;

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The name that stands here for a path.
    pub(crate) imports: Vec<(String, Vec<String>)>,
    /// Every path, of imports that are not passed on and of code.
    pub(crate) paths: Vec<Vec<String>>,
    /// Modules in other files.
    files: Vec<(String, Option<String>)>,
}

/// Every file of the crate whose root is `root`.
pub(crate) fn modules(root: &Path) -> Result<BTreeMap<Module, Source>, String> {
    let mut found = BTreeMap::new();
    let folder = root.parent().unwrap_or(Path::new("."));
    load(root, folder, Vec::new(), &mut found)?;
    Ok(found)
}

fn load(
    file: &Path,
    folder: &Path,
    module: Module,
    found: &mut BTreeMap<Module, Source>,
) -> Result<(), String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let parsed = syn::parse_file(&text)
        .map_err(|error| format!("{} is not Rust: {error}", file.display()))?;
    let mut source = Source::default();
    source.visit_file(&parsed);
    for (name, path) in std::mem::take(&mut source.files) {
        let (child, inner) = place(file, folder, &name, path.as_deref());
        load(&child, &inner, [&module[..], &[name]].concat(), found)?;
    }
    found.insert(module, source);
    Ok(())
}

/// Where a module's file is, and the folder of the modules in it.
fn place(file: &Path, folder: &Path, name: &str, path: Option<&str>) -> (PathBuf, PathBuf) {
    if let Some(path) = path {
        let child = file.with_file_name(path);
        let inner = child.parent().map(Path::to_path_buf).unwrap_or_default();
        return (child, inner);
    }
    let (flat, inner) = (folder.join(format!("{name}.rs")), folder.join(name));
    match flat.is_file() {
        true => (flat, inner),
        false => (inner.join("mod.rs"), inner),
    }
}

fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

fn named_path(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(value) => match &value.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

/// The names of a `use`, each with its whole path.
fn spread(tree: &UseTree, before: &[String], imports: &mut Vec<(String, Vec<String>)>) {
    let mut path = before.to_vec();
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            spread(&step.tree, &path, imports);
        }
        UseTree::Name(name) if name.ident == "self" => {
            imports.push((before.last().cloned().unwrap_or_default(), path));
        }
        UseTree::Name(name) => {
            path.push(name.ident.to_string());
            imports.push((name.ident.to_string(), path));
        }
        UseTree::Rename(name) => {
            if name.ident != "self" {
                path.push(name.ident.to_string());
            }
            imports.push((name.rename.to_string(), path));
        }
        UseTree::Glob(_) => imports.push(("*".to_owned(), path)),
        UseTree::Group(group) => {
            for tree in &group.items {
                spread(tree, before, imports);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        match item.content {
            None => self
                .files
                .push((item.ident.to_string(), named_path(&item.attrs))),
            Some(_) => visit::visit_item_mod(self, item),
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut imports = Vec::new();
        spread(&item.tree, &[], &mut imports);
        if matches!(item.vis, syn::Visibility::Inherited) {
            self.paths
                .extend(imports.iter().map(|(_, path)| path.clone()));
        }
        self.imports.append(&mut imports);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let steps = path.segments.iter().map(|step| step.ident.to_string());
        self.paths.push(steps.collect());
        visit::visit_path(self, path);
    }
}
