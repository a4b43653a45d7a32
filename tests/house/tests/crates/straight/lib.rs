mod floor;
mod roof;

/// What every file may use.
pub struct House;
