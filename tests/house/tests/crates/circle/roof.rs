use crate::floor::Carpet;

pub(crate) struct Roof(Carpet);

#[cfg(test)]
mod tests {
    use crate::floor::Carpet;
}
