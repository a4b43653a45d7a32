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
        "kbp-vm: the guest waits for gdb. In another terminal:
  cd {root}
  gdb -ex 'target remote {address}'
  (gdb) set substitute-path /kbp/repo {root}
  (gdb) continue
The guest's command kbp-gdb says what to give gdb next: `kbp-gdb`, once KBP is loaded, the
symbols of its modules; `kbp-gdb FUNCTION` a breakpoint in the kernel, which has no symbol file.",
        root = root.display()
    );
    Ok(())
}
