// SPDX-License-Identifier: GPL-2.0
//! The checks, one file each.

mod bodies;
mod config;
mod ftrace;
mod inlining;
mod pending;
mod raise_sites;
mod sites;
pub(crate) mod symbols;
mod types;

use crate::config::Config;
use crate::image::Image;
use crate::kallsyms::Symbols;
use crate::kernel::Kernel;
use crate::report::{Check, Report};

/// Everything about one image.
pub(crate) fn all(image: &Image, config: Option<&Config>) -> Report {
    let mut checks = vec![config::check(config)];
    match read(image, &mut checks) {
        Ok(kernel) => {
            let sites = sites::Sites::find(&kernel);
            checks.push(ftrace::check(&kernel));
            checks.push(raise_sites::check(&sites));
            checks.push(pending::check(&sites));
            checks.push(inlining::check(&sites));
            checks.push(bodies::check(&kernel));
            checks.push(types::check(&kernel));
        }
        Err(error) => {
            let mut tables = Check::new("tables");
            tables.unknown(error.to_string());
            checks.push(tables);
        }
    }
    Report::new(image.release(), image.build_id(), checks)
}

/// The tables of an image. What names alone can tell is told where its types are missing, too.
fn read<'a>(image: &'a Image, checks: &mut Vec<Check>) -> crate::Result<Kernel<'a>> {
    let kernel = Kernel::with(image, Symbols::read(image)?);
    checks.push(match &kernel {
        Ok(kernel) => symbols::check(&kernel.symbols, Some(image), Some(&kernel.btf)),
        Err((names, _)) => symbols::check(names, Some(image), None),
    });
    kernel.map_err(|(_, error)| error)
}
