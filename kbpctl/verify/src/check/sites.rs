// SPDX-License-Identifier: GPL-2.0
//! Where softirqs are raised: read off the code once, for several checks.

use std::collections::BTreeMap;

use iced_x86::{Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register};

use crate::code::{scan, source_name, Base, Flow, Function, Origin, Value, Wanted};
use crate::kernel::Kernel;
use crate::known::raise_sites::RAISERS;

/// A call or jump to one of the functions that raise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raise {
    /// The function that calls, without what compilers append.
    pub(super) caller: String,
    /// The function that is called, likewise.
    pub(super) through: String,
    /// The number that is raised, when it is known.
    pub(super) number: Option<u64>,
}

/// A write to the word with the pending softirqs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) function: String,
    /// The bits that it may set, when they are known.
    pub(super) bits: Option<u64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Sites {
    /// The number of NET_RX; `None`: not found in BTF.
    pub(super) net_rx: Option<u64>,
    pub(super) raises: Vec<Raise>,
    /// `None`: the word was not found.
    pub(super) writes: Option<Vec<Write>>,
}

impl Sites {
    pub(super) fn find(kernel: &Kernel) -> Sites {
        let raisers: BTreeMap<u64, &str> = kernel
            .symbols
            .all()
            .iter()
            .filter(|symbol| kernel.image.is_code(symbol.address))
            .filter(|symbol| RAISERS.contains(&source_name(&symbol.name)))
            .map(|symbol| (symbol.address, source_name(&symbol.name)))
            .collect();
        let pending = kernel.pending_word();
        let wanted = Wanted {
            targets: raisers.keys().copied().collect(),
            per_cpu: pending.clone().unwrap_or_default(),
        };
        let found = scan(kernel.image, &kernel.symbols, &wanted);
        let mut sites = Sites {
            net_rx: kernel.btf.enumerator("NET_RX_SOFTIRQ").map(u64::from),
            writes: pending.map(|_| Vec::new()),
            ..Sites::default()
        };
        for address in found.callers.union(&found.per_cpu) {
            let Some(function) = Function::read(kernel.image, &kernel.symbols, *address) else {
                continue;
            };
            let flow = Flow::follow(&function, &kernel.branches, kernel.this_cpu_off());
            for (at, code) in function.code.iter().enumerate() {
                sites.raise(&function, &flow, at, code, &raisers);
                sites.write(&function, &flow, at, code, &wanted);
            }
        }
        sites
    }

    fn raise(
        &mut self,
        function: &Function,
        flow: &Flow,
        at: usize,
        code: &Instruction,
        raisers: &BTreeMap<u64, &str>,
    ) {
        let target = code.near_branch_target();
        if let Some(through) = raisers
            .get(&target)
            .filter(|_| !function.extent.contains(&target))
        {
            self.raises.push(Raise {
                caller: function.source_name().to_owned(),
                through: (*through).to_owned(),
                number: match flow.register(at, Register::RDI.number()) {
                    Value::Number(number) => Some(number & 0xffff_ffff),
                    _ => None,
                },
            });
        }
    }

    fn write(
        &mut self,
        function: &Function,
        flow: &Flow,
        at: usize,
        code: &Instruction,
        wanted: &Wanted,
    ) {
        let Value::Pointer(Base::At(Origin::ThisCpu), place) = flow.address(code, at) else {
            return;
        };
        let writes = InstructionInfoFactory::new()
            .info(code)
            .used_memory()
            .iter()
            .any(|used| {
                !matches!(
                    used.access(),
                    OpAccess::Read | OpAccess::CondRead | OpAccess::None
                )
            });
        let ours = wanted.per_cpu.contains(&(place as u64));
        if !writes || !ours || code.op0_kind() != OpKind::Memory {
            return;
        }
        let bits = match code.mnemonic() {
            Mnemonic::And => Some(0),
            Mnemonic::Or | Mnemonic::Mov => match flow.operand(code, at, 1) {
                // A byte in the middle of the word.
                Value::Number(number) => {
                    let into = place as u64 - wanted.per_cpu.start;
                    number.checked_shl(u32::try_from(8 * into).unwrap_or(u32::MAX))
                }
                _ => None,
            },
            _ => None,
        };
        let function = function.source_name().to_owned();
        self.writes
            .get_or_insert_default()
            .push(Write { function, bits });
    }

    /// Whether `function` writes the word itself.
    pub(super) fn writes_pending(&self, function: &str) -> bool {
        let mut writes = self.writes.iter().flatten();
        writes.any(|write| write.function == function)
    }

    /// Whether `raise_softirq_irqoff()` raises by a copy, past the hook of `__raise_softirq_irqoff()`.
    pub(super) fn has_copy(&self) -> bool {
        self.writes_pending("raise_softirq_irqoff")
    }
}
