// SPDX-License-Identifier: GPL-2.0
//! What is known about a register.

/// Where a pointer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The function's first argument.
    Argument,
    /// The start of this CPU's per-CPU data; what is added is a per-CPU address.
    ThisCpu,
}

/// What a pointer is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// The origin itself.
    At(Origin),
    /// The pointer that was read there: so far behind the origin.
    Behind(Origin, i64),
}

/// What is known about a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Unknown,
    /// It holds this number.
    Number(u64),
    /// It holds a pointer, or a value that was read from a known place.
    Pointer(Base, i64),
}

impl Value {
    /// What is known when control comes from two places.
    #[must_use]
    pub fn merge(self, other: Value) -> Value {
        match self == other {
            true => self,
            false => Value::Unknown,
        }
    }

    /// The sum, as far as it is known.
    #[must_use]
    pub fn plus(self, other: Value) -> Value {
        match (self, other) {
            (Value::Number(a), Value::Number(b)) => Value::Number(a.wrapping_add(b)),
            (Value::Pointer(base, offset), Value::Number(number))
            | (Value::Number(number), Value::Pointer(base, offset)) => {
                Value::Pointer(base, offset.wrapping_add(number as i64))
            }
            _ => Value::Unknown,
        }
    }

    /// What a read from `self` as an address gives.
    #[must_use]
    pub fn read(self) -> Value {
        match self {
            Value::Pointer(Base::At(origin), offset) => {
                Value::Pointer(Base::Behind(origin, offset), 0)
            }
            _ => Value::Unknown,
        }
    }
}
