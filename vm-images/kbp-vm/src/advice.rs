// SPDX-License-Identifier: GPL-2.0
//! What to type into gdb.

use kbp_vm::cache::Layout;
use kbp_vm::{Result, Vm};

/// Says it, if the guest waits for gdb.
pub(crate) fn on_gdb(vm: &Vm) -> Result<()> {
    let Some(address) = vm.gdb() else {
        return Ok(());
    };
    let root = Layout::find()?.root;
    eprintln!(
        "kbp-vm: the guest waits for gdb. In another terminal, in {root}:
  gdb -ex 'set architecture i386:x86-64' -ex 'set substitute-path /kbp/repo {root}' -ex 'target remote {address}'
  (gdb) continue
kbp-vm: what to give gdb next, the guest's command `kbp-gdb` says: without a name the symbols of KBP's modules, once
they are loaded; `kbp-gdb NAME` a breakpoint at a function of the kernel, which has no symbol file",
        root = root.display()
    );
    Ok(())
}
