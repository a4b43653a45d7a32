// SPDX-License-Identifier: GPL-2.0
//! Everything that is known of one kernel, for the checks.

use std::ops::Range;

use crate::btf::Btf;
use crate::code::StaticBranches;
use crate::image::Image;
use crate::kallsyms::Symbols;

/// An image with its tables.
pub struct Kernel<'a> {
    /// The image.
    pub image: &'a Image,
    /// Its symbols.
    pub symbols: Symbols,
    /// Its types.
    pub btf: Btf<'a>,
    /// Its static branches.
    pub branches: StaticBranches,
}

impl<'a> Kernel<'a> {
    /// Reads the tables of `image`.
    ///
    /// # Errors
    /// When one is missing or damaged.
    pub fn read(image: &'a Image) -> crate::Result<Kernel<'a>> {
        Kernel::with(image, Symbols::read(image)?).map_err(|(_, error)| error)
    }

    /// The same with symbols that were read already; they come back where types are missing.
    ///
    /// # Errors
    /// When the types are missing or damaged.
    pub(crate) fn with(
        image: &'a Image,
        symbols: Symbols,
    ) -> Result<Kernel<'a>, (Symbols, crate::Error)> {
        match Kernel::types(image) {
            Ok(btf) => Ok(Kernel {
                image,
                branches: StaticBranches::read(image, &symbols),
                btf,
                symbols,
            }),
            Err(error) => Err((symbols, error)),
        }
    }

    fn types(image: &'a Image) -> crate::Result<Btf<'a>> {
        let btf = image.content(".BTF").ok_or_else(|| {
            crate::Error::table(
                "BTF",
                "the image has no .BTF section: is CONFIG_DEBUG_INFO_BTF on?",
            )
        })?;
        Btf::read(btf)
    }

    /// Per-CPU address of the variable that holds where this CPU's data begins.
    pub fn this_cpu_off(&self) -> Option<u64> {
        self.symbols
            .unique("this_cpu_off")
            .map(|symbol| symbol.address)
    }

    /// Per-CPU address of the word with the pending softirqs: a variable of its own, or in one.
    pub fn pending_word(&self) -> Option<Range<u64>> {
        const PLACES: [(&str, &str); 3] = [
            ("__softirq_pending", ""),
            ("pcpu_hot", "softirq_pending"),
            ("irq_stat", "__softirq_pending"),
        ];
        PLACES.iter().find_map(|(variable, field)| {
            let symbol = self.symbols.unique(variable)?;
            let ty = self.btf.variable(variable)?;
            let (offset, ty) = match *field {
                "" => (0, ty),
                field => {
                    let field = self.btf.field(ty, field)?;
                    (u64::from(field.bit / 8), field.ty)
                }
            };
            let start = symbol.address.checked_add(offset)?;
            Some(start..start.checked_add(u64::from(self.btf.size(ty)))?)
        })
    }
}
