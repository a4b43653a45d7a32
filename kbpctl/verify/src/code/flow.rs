// SPDX-License-Identifier: GPL-2.0
//! What is known about the registers before each instruction of a function.

use std::collections::HashMap;

use iced_x86::{FlowControl, Instruction};

use super::function::Function;
use super::jumps::StaticBranches;
use super::step::{Registers, Stepper};
use super::value::Value;

/// The result, one for each instruction.
pub struct Flow {
    before: Vec<Option<Registers>>,
    stepper: Stepper,
}

impl Flow {
    /// Follows all ways through `function`. Instructions that no way leads to are taken as reached
    /// with nothing known, after all else.
    pub fn follow(
        function: &Function,
        branches: &StaticBranches,
        this_cpu_off: Option<u64>,
    ) -> Flow {
        let code = &function.code;
        let mut flow = Flow {
            before: vec![None; code.len()],
            stepper: Stepper::new(this_cpu_off),
        };
        let index: HashMap<u64, usize> = code
            .iter()
            .enumerate()
            .map(|(at, code)| (code.ip(), at))
            .collect();
        if code.is_empty() {
            return flow;
        }
        let first = match function.name.contains('.') {
            // A part of a function may be given anything.
            true => [Value::Unknown; 16],
            false => Stepper::entry(),
        };
        flow.spread(code, &index, branches, 0, first);
        while let Some(unreached) = flow.before.iter().position(Option::is_none) {
            flow.spread(code, &index, branches, unreached, [Value::Unknown; 16]);
        }
        flow
    }

    /// Carries `registers` from `start` on, until nothing changes any more.
    fn spread(
        &mut self,
        code: &[Instruction],
        index: &HashMap<u64, usize>,
        branches: &StaticBranches,
        start: usize,
        registers: Registers,
    ) {
        let mut waiting = vec![(start, registers)];
        while let Some((at, registers)) = waiting.pop() {
            let merged = match &self.before[at] {
                None => registers,
                Some(known) => std::array::from_fn(|r| known[r].merge(registers[r])),
            };
            if self.before[at] == Some(merged) {
                continue;
            }
            self.before[at] = Some(merged);
            let after = self.stepper.step(&code[at], &merged);
            let targets = [branch(&code[at]), branches.target(code[at].ip())];
            for target in targets.into_iter().flatten() {
                if let Some(target) = index.get(&target) {
                    waiting.push((*target, after));
                }
            }
            if continues(&code[at]) && at + 1 < code.len() {
                waiting.push((at + 1, after));
            }
        }
    }

    /// The value of an operand of the instruction at `at`, before it.
    pub fn operand(&self, code: &Instruction, at: usize, operand: u32) -> Value {
        self.before[at].map_or(Value::Unknown, |before| {
            self.stepper.operand(code, operand, &before)
        })
    }

    /// The address of the memory operand of the instruction at `at`.
    pub fn address(&self, code: &Instruction, at: usize) -> Value {
        self.before[at].map_or(Value::Unknown, |before| self.stepper.address(code, &before))
    }

    /// The value of the register with this number before the instruction at `at`.
    pub fn register(&self, at: usize, number: usize) -> Value {
        self.before[at].map_or(Value::Unknown, |before| before[number])
    }
}

/// Where a direct jump goes.
fn branch(code: &Instruction) -> Option<u64> {
    let jumps = matches!(
        code.flow_control(),
        FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
    );
    jumps.then(|| code.near_branch_target())
}

/// Whether the next instruction may follow.
fn continues(code: &Instruction) -> bool {
    !matches!(
        code.flow_control(),
        FlowControl::UnconditionalBranch
            | FlowControl::IndirectBranch
            | FlowControl::Return
            | FlowControl::Exception
    )
}
