// SPDX-License-Identifier: GPL-2.0
//! Looking things up: types by name, fields by name and by place.

use super::{kind, Btf, Type, TypeId};

/// A member of a struct, where anonymous ones count as part of what they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its first bit.
    pub bit: u32,
    /// Its type.
    pub ty: TypeId,
    /// Where its entry is in the section, for tests that change it.
    pub entry: usize,
    /// The offset of its name.
    pub name: u32,
}

/// Anonymous structs in anonymous structs: no kernel comes near.
const DEPTH: u8 = 8;

impl Btf<'_> {
    fn named(&self, wanted: &str, kinds: &[u8]) -> impl Iterator<Item = (TypeId, &Type)> {
        let kinds = kinds.to_vec();
        let wanted = wanted.to_owned();
        self.all()
            .filter(move |(_, ty)| kinds.contains(&ty.kind) && self.text(ty.name) == wanted)
    }

    /// The struct or union of this name that has members.
    pub fn structure(&self, name: &str) -> Option<TypeId> {
        let mut found = self.named(name, &[kind::STRUCT, kind::UNION]);
        found.find(|(_, ty)| ty.count > 0).map(|(id, _)| id)
    }

    /// The type of a per-CPU variable.
    pub fn variable(&self, name: &str) -> Option<TypeId> {
        let mut found = self.named(name, &[kind::VARIABLE]);
        found.next().map(|(_, ty)| ty.value)
    }

    /// The prototypes of all functions of this name, as C writes them, each once.
    pub fn prototypes(&self, name: &str) -> Vec<String> {
        let found = self.named(name, &[kind::FUNCTION]);
        let mut spelled: Vec<_> = found.map(|(_, ty)| self.spell(ty.value)).collect();
        spelled.sort();
        spelled.dedup();
        spelled
    }

    /// The value of an enumerator, of whichever enum has it.
    pub fn enumerator(&self, name: &str) -> Option<u32> {
        self.all().find_map(|(_, ty)| {
            let size = match ty.kind {
                kind::ENUM => 8,
                kind::ENUM64 => 12,
                _ => return None,
            };
            let mut entries = (0..ty.count).map(|index| ty.tail + size * index);
            let entry = entries.find(|at| self.text(self.word(*at)) == name)?;
            Some(self.word(entry + 4))
        })
    }

    fn members<'b>(&'b self, ty: &'b Type) -> impl Iterator<Item = Field> + 'b {
        (0..ty.count).map(move |index| {
            let entry = ty.tail + 12 * index;
            let place = self.word(entry + 8);
            Field {
                // With the flag, the upper bits hold the width of a bit field.
                bit: if ty.flag { place & 0xff_ffff } else { place },
                ty: self.word(entry + 4),
                entry,
                name: self.word(entry),
            }
        })
    }

    fn composite(&self, id: TypeId) -> Option<&Type> {
        let ty = self.get(self.plain(id))?;
        matches!(ty.kind, kind::STRUCT | kind::UNION).then_some(ty)
    }

    /// The member `name` of the struct `id`.
    pub fn field(&self, id: TypeId, name: &str) -> Option<Field> {
        self.field_within(id, name, DEPTH)
    }

    fn field_within(&self, id: TypeId, name: &str, depth: u8) -> Option<Field> {
        let depth = depth.checked_sub(1)?;
        self.members(self.composite(id)?)
            .find_map(|member| match self.text(member.name) {
                "" => {
                    let inner = self.field_within(member.ty, name, depth)?;
                    let bit = member.bit.checked_add(inner.bit)?;
                    Some(Field { bit, ..inner })
                }
                text => (text == name).then_some(member),
            })
    }

    /// What is at `offset` bytes of the type `id`: names joined by dots, the type there, and how
    /// many bytes into it. The first member of a union stands for all.
    pub fn path(&self, id: TypeId, offset: u32) -> (String, TypeId, u32) {
        let (mut path, mut id, mut offset) = (String::new(), id, offset);
        for _ in 0..DEPTH {
            let inner = self.composite(id).and_then(|ty| {
                let mut members = self.members(ty);
                members.find(|member| {
                    let start = member.bit / 8;
                    offset >= start && offset - start < self.size(member.ty).max(1)
                })
            });
            let Some(member) = inner else {
                break;
            };
            let name = self.text(member.name);
            if !name.is_empty() {
                path.push('.');
                path.push_str(name);
            }
            offset -= member.bit / 8;
            id = member.ty;
        }
        (path, id, offset)
    }

    /// How many bytes a type takes.
    pub fn size(&self, id: TypeId) -> u32 {
        self.size_within(id, DEPTH)
    }

    fn size_within(&self, id: TypeId, depth: u8) -> u32 {
        let (Some(ty), Some(depth)) = (self.get(self.plain(id)), depth.checked_sub(1)) else {
            return 0;
        };
        match ty.kind {
            kind::POINTER => 8,
            kind::ARRAY => {
                let element = self.size_within(self.word(ty.tail), depth);
                element.saturating_mul(self.word(ty.tail + 8))
            }
            kind::INT | kind::STRUCT | kind::UNION | kind::ENUM | kind::ENUM64 | kind::FLOAT => {
                ty.value
            }
            _ => 0,
        }
    }

    /// What a pointer points to.
    pub fn target(&self, id: TypeId) -> Option<TypeId> {
        let ty = self.get(self.plain(id))?;
        (ty.kind == kind::POINTER).then_some(ty.value)
    }
}
