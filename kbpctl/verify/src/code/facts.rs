// SPDX-License-Identifier: GPL-2.0
//! What a function does, said without registers, addresses and order, so that two compilers that
//! do the same agree.

use std::collections::BTreeSet;

use iced_x86::{
    FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
};

use super::flow::Flow;
use super::function::{source_name, Function};
use super::jumps::StaticBranches;
use super::step::{is_high_byte, is_immediate};
use super::value::{Base, Origin, Value};
use crate::btf::{Btf, TypeId};
use crate::kallsyms::Symbols;

/// What the first argument of a function points into.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The structure.
    pub ty: TypeId,
    /// So many bytes behind its beginning.
    pub at: i64,
}

/// What is needed to name things.
pub struct Facts<'a> {
    pub(crate) symbols: &'a Symbols,
    pub(crate) btf: &'a Btf<'a>,
    pub(crate) branches: &'a StaticBranches,
    pub(crate) this_cpu_off: Option<u64>,
}

impl<'a> Facts<'a> {
    /// Names things with these.
    pub fn new(symbols: &'a Symbols, btf: &'a Btf<'a>, branches: &'a StaticBranches) -> Facts<'a> {
        Facts {
            symbols,
            btf,
            branches,
            this_cpu_off: symbols.unique("this_cpu_off").map(|symbol| symbol.address),
        }
    }
}

/// How a function begins and ends, finds this CPU's data and checks itself is not what it does.
const MACHINERY: [&str; 6] = [
    "__fentry__",
    "__x86_return_thunk",
    "this_cpu_off",
    "__list_add_valid",
    "__list_add_valid_or_report",
    "__ubsan_handle_shift_out_of_bounds",
];

impl Facts<'_> {
    /// The facts of one function, sorted, each once. `argument` is what its first argument points
    /// to or into.
    pub fn of(&self, function: &Function, argument: Option<Argument>) -> BTreeSet<String> {
        let flow = Flow::follow(function, self.branches, self.this_cpu_off);
        let mut info = InstructionInfoFactory::new();
        let mut facts = BTreeSet::new();
        for (at, code) in function.code.iter().enumerate() {
            facts.extend(self.call(function, code, &flow, at));
            let access = info.info(code);
            let writes = access.used_memory().iter().any(|used| {
                !matches!(
                    used.access(),
                    OpAccess::Read | OpAccess::CondRead | OpAccess::None
                )
            });
            facts.extend(self.memory(code, &flow, at, writes, argument));
            facts.extend(self.test(code, &flow, at, argument));
        }
        without_plain_reads(facts)
    }

    /// A call, or a jump to another function; with the number it is given, if that is known.
    fn call(
        &self,
        function: &Function,
        code: &Instruction,
        flow: &Flow,
        at: usize,
    ) -> Option<String> {
        match code.flow_control() {
            FlowControl::Call
            | FlowControl::UnconditionalBranch
            | FlowControl::ConditionalBranch => {
                let target = code.near_branch_target();
                if function.extent.contains(&target) {
                    return None;
                }
                let name = self.symbol(target);
                // A jump to a part of itself is no call.
                let whole = name.split('+').next().unwrap_or_default();
                let own = source_name(whole) == function.source_name();
                if is_machinery(&name) || own {
                    return None;
                }
                Some(match flow.register(at, Register::RDI.number()) {
                    // Not the address of a variable.
                    Value::Number(number) if number < 0x1_0000 => format!("call {name}({number})"),
                    _ => format!("call {name}"),
                })
            }
            FlowControl::IndirectCall | FlowControl::IndirectBranch
                if code.memory_base() == Register::RIP =>
            {
                let place = self.symbol(code.memory_displacement64());
                // The slot within pv_ops changes with its layout.
                let name = place.split('+').next().unwrap_or_default();
                Some(format!("call *{name}"))
            }
            FlowControl::IndirectCall | FlowControl::IndirectBranch => Some("call *?".to_owned()),
            _ => None,
        }
    }

    /// An operand in memory that has a name.
    fn memory(
        &self,
        code: &Instruction,
        flow: &Flow,
        at: usize,
        writes: bool,
        argument: Option<Argument>,
    ) -> Option<String> {
        let index = (0..code.op_count()).find(|index| code.op_kind(*index) == OpKind::Memory)?;
        if matches!(
            code.mnemonic(),
            Mnemonic::Lea | Mnemonic::Nop | Mnemonic::Call | Mnemonic::Jmp
        ) {
            return None;
        }
        let Value::Pointer(base, offset) = flow.address(code, at) else {
            return self.global(code, writes);
        };
        let (name, into) = self.place(base, offset, argument)?;
        let number = (0..code.op_count())
            .find(|index| is_immediate(code.op_kind(*index)))
            .map(|index| code.immediate(index));
        if is_machinery(&name) {
            return None;
        }
        let verb = verb(code.mnemonic(), writes, index == 0);
        Some(match number {
            // A byte of a larger field: the number as the field has it.
            Some(number) => {
                let size = code.memory_size().size().min(8) as u32;
                let mask = u64::MAX >> (64 - 8 * size.max(1));
                format!("{verb} {name} {:#x}", (number & mask) << (8 * into.min(7)))
            }
            None => format!("{verb} {name}"),
        })
    }

    /// An operand at a fixed address.
    fn global(&self, code: &Instruction, writes: bool) -> Option<String> {
        let fixed = matches!(code.memory_base(), Register::RIP | Register::None)
            && code.memory_index() == Register::None
            && !code.has_segment_prefix();
        let address = code.memory_displacement64();
        let (name, _) = self.symbols.name_at(address).filter(|_| fixed)?;
        Some(format!("{} {name}", verb(code.mnemonic(), writes, true)))
    }

    /// A test of a field that was read into a register before.
    fn test(
        &self,
        code: &Instruction,
        flow: &Flow,
        at: usize,
        argument: Option<Argument>,
    ) -> Option<String> {
        let tests = matches!(
            code.mnemonic(),
            Mnemonic::Test | Mnemonic::Cmp | Mnemonic::Bt
        );
        if !tests || code.op0_kind() != OpKind::Register || !is_immediate(code.op1_kind()) {
            return None;
        }
        let register = code.op0_register();
        let high = is_high_byte(register);
        let value = flow.register(at, register.full_register().number());
        let Value::Pointer(Base::Behind(origin, offset), 0) = value else {
            return None;
        };
        let (name, into) = self.place(Base::At(origin), offset, argument)?;
        let shift = 8 * (into.min(6) + u32::from(high));
        let name_of_test = verb(code.mnemonic(), false, true);
        Some(format!(
            "{name_of_test} {name} {:#x}",
            code.immediate(1) << shift
        ))
    }

    /// The name of a place, and how many bytes into the named field it is.
    fn place(&self, base: Base, offset: i64, argument: Option<Argument>) -> Option<(String, u32)> {
        match base {
            Base::At(Origin::Argument) => {
                let whole = argument?;
                self.field(whole.ty, whole.at + offset)
            }
            Base::At(Origin::ThisCpu) => {
                let (name, into) = self.symbols.name_at(offset as u64)?;
                match self.btf.variable(name) {
                    Some(ty) => {
                        let (_, path, into) = self.path(ty, i64::try_from(into).ok()?)?;
                        Some((format!("{name}{path}"), into))
                    }
                    None => Some((name.to_owned(), 0)),
                }
            }
            Base::Behind(Origin::Argument, at) => {
                let whole = argument?;
                let (ty, ..) = self.path(whole.ty, whole.at + at)?;
                self.field(self.btf.target(ty)?, offset)
            }
            Base::Behind(Origin::ThisCpu, at) => {
                let (place, _) = self.place(Base::At(Origin::ThisCpu), at, None)?;
                Some((format!("({place}){offset:+#x}"), 0))
            }
        }
    }

    fn field(&self, ty: TypeId, offset: i64) -> Option<(String, u32)> {
        let (_, path, into) = self.path(ty, offset)?;
        let name = self.btf.spell(ty);
        Some((
            format!("{}{path}", name.trim_start_matches("struct ")),
            into,
        ))
    }

    fn path(&self, ty: TypeId, offset: i64) -> Option<(TypeId, String, u32)> {
        let (path, ty, into) = self.btf.path(ty, u32::try_from(offset).ok()?);
        Some((ty, path, into))
    }

    /// The symbol at `address`, with the distance from it.
    fn symbol(&self, address: u64) -> String {
        match self.symbols.name_at(address) {
            Some((name, 0)) => name.to_owned(),
            Some((name, distance)) => format!("{name}+{distance:#x}"),
            None => "?".to_owned(),
        }
    }
}

fn is_machinery(name: &str) -> bool {
    MACHINERY.contains(&name)
}

/// Whether a field is read into a register first or used where it is, is the compiler's choice.
fn without_plain_reads(facts: BTreeSet<String>) -> BTreeSet<String> {
    let used_otherwise = |place: &str| {
        facts.iter().any(|fact| {
            let mut words = fact.split(' ');
            words.next() != Some("read") && words.next() == Some(place)
        })
    };
    let is_plain = |fact: &&String| !fact.strip_prefix("read ").is_some_and(used_otherwise);
    facts.iter().filter(is_plain).cloned().collect()
}

fn verb(mnemonic: Mnemonic, writes: bool, is_target: bool) -> String {
    match mnemonic {
        Mnemonic::Mov if writes && is_target => "write".to_owned(),
        Mnemonic::Mov | Mnemonic::Movzx | Mnemonic::Movsxd | Mnemonic::Movsx => "read".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}
