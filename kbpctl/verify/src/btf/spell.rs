// SPDX-License-Identifier: GPL-2.0
//! Types as C writes them, without qualifiers, so that a `const` more or less is no difference.

use super::{is_wrapper, kind, Btf, TypeId};

impl Btf<'_> {
    /// The type as C writes it, for example `struct task_struct *`.
    pub fn spell(&self, id: TypeId) -> String {
        self.spell_within(id, 16)
    }

    fn spell_within(&self, id: TypeId, depth: u8) -> String {
        let Some(ty) = self.get(id) else {
            return if id == 0 { "void" } else { "?" }.to_owned();
        };
        let Some(depth) = depth.checked_sub(1) else {
            return "...".to_owned();
        };
        let inner = |id| self.spell_within(id, depth);
        let name = match self.text(ty.name) {
            "" => "{...}",
            name => name,
        };
        match ty.kind {
            kind::POINTER => {
                let target = inner(ty.value);
                match target.ends_with('*') {
                    true => format!("{target}*"),
                    false => format!("{target} *"),
                }
            }
            kind::ARRAY => format!("{}[{}]", inner(self.word(ty.tail)), self.word(ty.tail + 8)),
            kind::STRUCT => format!("struct {name}"),
            kind::UNION => format!("union {name}"),
            kind::FORWARD if ty.flag => format!("union {name}"),
            kind::FORWARD => format!("struct {name}"),
            kind::ENUM | kind::ENUM64 => format!("enum {name}"),
            kind::PROTOTYPE => self.spell_prototype(ty, depth),
            kind::FUNCTION | kind::VARIABLE => inner(ty.value),
            wrapper if is_wrapper(wrapper) => inner(ty.value),
            _ => name.to_owned(),
        }
    }

    fn spell_prototype(&self, ty: &super::Type, depth: u8) -> String {
        let parameters = (0..ty.count).map(|index| {
            let id = self.word(ty.tail + 8 * index + 4);
            self.spell_within(id, depth)
        });
        let list = match ty.count {
            0 => "void".to_owned(),
            _ => parameters.collect::<Vec<_>>().join(", "),
        };
        format!("{} ({list})", self.spell_within(ty.value, depth))
    }
}
