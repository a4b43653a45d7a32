use crate::House;

pub(crate) struct Carpet(House);

#[cfg(test)]
fn under(_: &crate::roof::Roof) {}
