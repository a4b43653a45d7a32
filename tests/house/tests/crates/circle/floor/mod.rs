mod carpet;

pub(crate) use carpet::Carpet;
