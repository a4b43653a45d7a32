// SPDX-License-Identifier: GPL-2.0
//! The checks, one file each.

mod bodies;
mod config;
mod ftrace;
mod inlining;
mod pending;
mod raise_sites;
mod sites;
mod symbols;
mod types;

use crate::config::Config;
use crate::image::Image;
use crate::kernel::Kernel;
use crate::report::{Check, Report};

/// Everything about one image.
pub(crate) fn all(image: &Image, config: Option<&Config>) -> Report {
    let mut checks = vec![config::check(config)];
    match Kernel::read(image) {
        Ok(kernel) => {
            let sites = sites::Sites::find(&kernel);
            checks.push(symbols::check(&kernel));
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
