use crate::{roof, House};

pub(crate) struct Carpet(House);

fn under(_: &roof::Roof) {}
