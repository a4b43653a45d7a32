// SPDX-License-Identifier: GPL-2.0
//! The kernel's type information (Documentation/bpf/btf.rst).

pub mod find;
mod spell;

use crate::bytes;
use crate::error::{Error, Result};

/// The number of a type; 0 is void.
pub type TypeId = u32;

pub(crate) mod kind {
    pub(crate) const INT: u8 = 1;
    pub(crate) const POINTER: u8 = 2;
    pub(crate) const ARRAY: u8 = 3;
    pub(crate) const STRUCT: u8 = 4;
    pub(crate) const UNION: u8 = 5;
    pub(crate) const ENUM: u8 = 6;
    pub(crate) const FORWARD: u8 = 7;
    pub(crate) const TYPEDEF: u8 = 8;
    pub(crate) const VOLATILE: u8 = 9;
    pub(crate) const CONST: u8 = 10;
    pub(crate) const RESTRICT: u8 = 11;
    pub(crate) const FUNCTION: u8 = 12;
    pub(crate) const PROTOTYPE: u8 = 13;
    pub(crate) const VARIABLE: u8 = 14;
    pub(crate) const SECTION: u8 = 15;
    pub(crate) const FLOAT: u8 = 16;
    pub(crate) const DECL_TAG: u8 = 17;
    pub(crate) const TYPE_TAG: u8 = 18;
    pub(crate) const ENUM64: u8 = 19;
}

/// The head of one type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) kind: u8,
    /// How many members, values or parameters follow.
    pub(crate) count: usize,
    pub(crate) flag: bool,
    pub(crate) name: u32,
    /// A size, or the number of another type.
    pub(crate) value: u32,
    /// Where what follows the head is in the section.
    pub(crate) tail: usize,
}

/// All types.
#[derive(Debug)]
pub struct Btf<'a> {
    data: &'a [u8],
    strings: &'a [u8],
    /// Where strings are in the section.
    strings_at: usize,
    types: Vec<Type>,
}

impl<'a> Btf<'a> {
    /// Reads the section `.BTF`.
    ///
    /// # Errors
    /// When it is cut off or has kinds of types that are not known here.
    pub fn read(data: &'a [u8]) -> Result<Btf<'a>> {
        const MAGIC: u16 = 0xeb9f;
        let bad = |reason: &str| Error::table("BTF", reason);
        if bytes::u16(data, 0) != Some(MAGIC) || data.get(2) != Some(&1) {
            return Err(bad("no header of version 1"));
        }
        let field = |at| bytes::u32(data, at).map(|value| value as usize);
        let part = |offset, len| {
            let start = field(4)?.checked_add(field(offset)?)?;
            let end = start.checked_add(field(len)?)?;
            data.get(start..end).map(|part| (start, part))
        };
        let cut = || bad("a part reaches beyond the end");
        let (types_at, types) = part(8, 12).ok_or_else(cut)?;
        let (strings_at, strings) = part(16, 20).ok_or_else(cut)?;
        Ok(Btf {
            data,
            strings,
            strings_at,
            types: heads(data, types_at, types.len())?,
        })
    }

    pub(crate) fn get(&self, id: TypeId) -> Option<&Type> {
        self.types.get((id as usize).checked_sub(1)?)
    }

    /// All types with their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        (1..).zip(&self.types)
    }

    pub(crate) fn text(&self, offset: u32) -> &'a str {
        bytes::c_str(self.strings, offset as usize).unwrap_or_default()
    }

    /// A number of what follows a head.
    pub(crate) fn word(&self, at: usize) -> u32 {
        bytes::u32(self.data, at).unwrap_or(0)
    }

    /// Where in the section the name at `offset` is, which is for tests that change it.
    pub fn text_at(&self, offset: u32) -> usize {
        self.strings_at + offset as usize
    }

    /// `id` without const, volatile, restrict, tags and typedefs.
    pub(crate) fn plain(&self, mut id: TypeId) -> TypeId {
        // A damaged table may go in circles.
        for _ in 0..64 {
            match self.get(id) {
                Some(ty) if is_wrapper(ty.kind) || ty.kind == kind::TYPEDEF => id = ty.value,
                _ => break,
            }
        }
        id
    }
}

/// Whether a kind only adds a qualifier to another type.
pub(crate) fn is_wrapper(kind: u8) -> bool {
    use kind::{CONST, RESTRICT, TYPE_TAG, VOLATILE};
    matches!(kind, CONST | RESTRICT | TYPE_TAG | VOLATILE)
}

fn heads(data: &[u8], start: usize, len: usize) -> Result<Vec<Type>> {
    const HEAD: usize = 12;
    let (mut at, end, mut types) = (start, start + len, Vec::new());
    while at < end {
        let cut = || Error::table("BTF", format!("type {} is cut off", types.len() + 1));
        let word = |offset| bytes::u32(data, at + offset).ok_or_else(cut);
        let info = word(4)?;
        let ty = Type {
            kind: ((info >> 24) & 0x7f) as u8,
            count: (info & 0xff_ffff) as usize,
            flag: info >> 31 != 0,
            name: word(0)?,
            value: word(8)?,
            tail: at + HEAD,
        };
        let tail = tail_len(&ty).ok_or_else(|| {
            Error::table(
                "BTF",
                format!("type {} is of unknown kind {}", types.len() + 1, ty.kind),
            )
        })?;
        at = ty
            .tail
            .checked_add(tail)
            .filter(|next| *next <= end)
            .ok_or_else(cut)?;
        types.push(ty);
    }
    Ok(types)
}

/// How many bytes follow the head.
fn tail_len(ty: &Type) -> Option<usize> {
    let each = |size: usize| ty.count.checked_mul(size);
    match ty.kind {
        kind::INT | kind::VARIABLE | kind::DECL_TAG => Some(4),
        kind::ARRAY => Some(12),
        kind::STRUCT | kind::UNION | kind::SECTION | kind::ENUM64 => each(12),
        kind::ENUM | kind::PROTOTYPE => each(8),
        kind::POINTER | kind::FORWARD | kind::TYPEDEF | kind::FUNCTION | kind::FLOAT => Some(0),
        wrapper => is_wrapper(wrapper).then_some(0),
    }
}
