// SPDX-License-Identifier: GPL-2.0
//! What one instruction makes of what is known about the registers.

use iced_x86::{
    FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register,
};

use super::value::{Base, Origin, Value};

/// The sixteen general registers.
pub(crate) type Registers = [Value; 16];

/// Reads instructions. `this_cpu_off` is the per-CPU address of the variable of this name, which
/// holds where this CPU's data begins.
pub(crate) struct Stepper {
    pub(crate) this_cpu_off: Option<u64>,
    info: InstructionInfoFactory,
}

impl Stepper {
    pub(crate) fn new(this_cpu_off: Option<u64>) -> Stepper {
        Stepper {
            this_cpu_off,
            info: InstructionInfoFactory::new(),
        }
    }

    /// What the registers hold at the start of a function.
    pub(crate) fn entry() -> Registers {
        let mut registers = [Value::Unknown; 16];
        registers[Register::RDI.number()] = Value::Pointer(Base::At(Origin::Argument), 0);
        registers
    }

    /// What they hold after `code`.
    pub(crate) fn step(&mut self, code: &Instruction, before: &Registers) -> Registers {
        let mut after = *before;
        match code.flow_control() {
            // A compiler that reads another register after a call without setting it knows that
            // the callee keeps it, so what is known stays right. These two hold results.
            FlowControl::Call | FlowControl::IndirectCall => {
                after[Register::RAX.number()] = Value::Unknown;
                after[Register::RDX.number()] = Value::Unknown;
                return after;
            }
            _ => {}
        }
        for used in self.info.info(code).used_registers() {
            let writes = !matches!(
                used.access(),
                OpAccess::Read | OpAccess::CondRead | OpAccess::None
            );
            if writes && used.register().is_gpr() {
                after[number(used.register())] = Value::Unknown;
            }
        }
        if code.op_count() > 0 && code.op0_kind() == OpKind::Register {
            let target = code.op0_register();
            if target.is_gpr64() || target.is_gpr32() {
                let result = self.result(code, before);
                after[number(target)] = match result {
                    Value::Number(number) if target.is_gpr32() => {
                        Value::Number(number & 0xffff_ffff)
                    }
                    other => other,
                };
            }
        }
        after
    }

    /// What a simple instruction puts into its first operand.
    fn result(&self, code: &Instruction, before: &Registers) -> Value {
        let unchanged = before[number(code.op0_register())];
        match code.mnemonic() {
            Mnemonic::Mov | Mnemonic::Movzx | Mnemonic::Movsxd | Mnemonic::Movsx => {
                self.operand(code, 1, before)
            }
            Mnemonic::Lea => self.address(code, before),
            Mnemonic::Add => unchanged.plus(self.operand(code, 1, before)),
            Mnemonic::Xor | Mnemonic::Sub
                if code.op1_kind() == OpKind::Register
                    && code.op0_register() == code.op1_register() =>
            {
                Value::Number(0)
            }
            Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Bt | Mnemonic::Push => unchanged,
            _ => Value::Unknown,
        }
    }

    /// What an operand holds.
    pub(crate) fn operand(&self, code: &Instruction, index: u32, before: &Registers) -> Value {
        match code.op_kind(index) {
            OpKind::Register if code.op_register(index).is_gpr() => {
                let register = code.op_register(index);
                match (before[number(register)], register.size()) {
                    (value, 4 | 8) => value,
                    (Value::Number(number), size) if !is_high_byte(register) => {
                        Value::Number(number & (u64::MAX >> (64 - 8 * size)))
                    }
                    _ => Value::Unknown,
                }
            }
            OpKind::Memory if self.is_this_cpu_off(code) => {
                Value::Pointer(Base::At(Origin::ThisCpu), 0)
            }
            OpKind::Memory => self.address(code, before).read(),
            kind if is_immediate(kind) => Value::Number(code.immediate(index)),
            _ => Value::Unknown,
        }
    }

    fn is_this_cpu_off(&self, code: &Instruction) -> bool {
        code.segment_prefix() == Register::GS
            && matches!(code.memory_base(), Register::None | Register::RIP)
            && code.memory_index() == Register::None
            && Some(code.memory_displacement64()) == self.this_cpu_off
    }

    /// The address of a memory operand.
    pub(crate) fn address(&self, code: &Instruction, before: &Registers) -> Value {
        let displacement = code.memory_displacement64();
        let per_cpu = code.segment_prefix() == Register::GS;
        if code.memory_index() != Register::None {
            return Value::Unknown;
        }
        let base = match code.memory_base() {
            // iced has already added RIP.
            Register::None | Register::RIP => Value::Number(0),
            base if base.is_gpr64() => before[number(base)],
            _ => Value::Unknown,
        };
        let address = base.plus(Value::Number(displacement));
        match (per_cpu, address) {
            (false, address) => address,
            (true, Value::Number(address)) => {
                Value::Pointer(Base::At(Origin::ThisCpu), address as i64)
            }
            (true, _) => Value::Unknown,
        }
    }
}

pub(crate) fn is_immediate(kind: OpKind) -> bool {
    use OpKind::*;
    matches!(
        kind,
        Immediate8
            | Immediate16
            | Immediate32
            | Immediate64
            | Immediate8to16
            | Immediate8to32
            | Immediate8to64
            | Immediate32to64
    )
}

pub(crate) fn is_high_byte(register: Register) -> bool {
    matches!(
        register,
        Register::AH | Register::BH | Register::CH | Register::DH
    )
}

fn number(register: Register) -> usize {
    register.full_register().number()
}
