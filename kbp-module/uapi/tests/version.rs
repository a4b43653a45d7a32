// SPDX-License-Identifier: GPL-2.0
//! The module and the tools that talk to it carry one version.

#[test]
fn the_module_has_the_workspaces_version() {
    let module = include_str!("../../VERSION");
    assert_eq!(module.trim_end(), env!("CARGO_PKG_VERSION"));
}
