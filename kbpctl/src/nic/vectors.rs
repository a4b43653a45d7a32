// SPDX-License-Identifier: GPL-2.0
//! Which of a NIC's interrupt vectors receive: by the names that its driver gave them. A name that
//! nobody knows counts, unless it says otherwise.

/// Words in the names of vectors that do not receive, by the drivers that use them. Vectors that
/// have `tx` in their name and no `rx` are known beside these.
const OTHER_WORK: [(&str, &[&str]); 23] = [
    ("virtio_net", &["config", "control", "output"]),
    ("amd-xgbe", &["ecc", "i2c", "pcs"]),
    ("bnx2x, qed (below qede)", &["sp"]),
    ("bnxt_re (beside bnxt_en)", &["creq", "nq"]),
    ("cxgb4", &["fweventq"]),
    ("ena, gve", &["mgmnt"]),
    ("enic", &["err", "notify"]),
    ("hinic", &["txq"]),
    ("fm10k, iavf", &["mbx"]),
    ("hns3, i40e, ice", &["misc"]),
    ("i40e", &["fdir"]),
    ("ice", &["ctrl", "ts"]),
    ("idpf", &["mailbox"]),
    ("ionic", &["adminq", "notifyq"]),
    ("irdma (beside i40e, ice)", &["aeq", "ceq"]),
    ("mana", &["hwc"]),
    ("mlx4, mlx5", &["async"]),
    ("mlx5", &["cmd", "ctrl", "fault", "pages"]),
    ("nfp", &["exn", "lsc"]),
    ("sfc", &["ptp", "xdp"]),
    ("stmmac", &["lpi", "mac", "safety", "wol"]),
    ("vmxnet3", &["event"]),
    ("any", &["admin", "mbox", "mgmt", "tx"]),
];

/// Words of vectors that receive, by the drivers that use them. Of a name without one of them it is
/// only believed.
const RECEIVE: [(&str, &[&str]); 6] = [
    ("virtio_net", &["input", "virtqueues"]),
    ("mlx4, mlx5", &["mlx", "comp"]),
    ("mana, be2net", &["q"]),
    ("bnx2x, qede", &["fp"]),
    ("hinic", &["rxq"]),
    ("any", &["rx", "rxtx", "txrx"]),
];

/// Of [`OTHER_WORK`], what means that a queue transmits.
const TRANSMIT: [&str; 4] = ["output", "tx", "txq", "xdp"];

/// How gve numbers its vectors: of these the lower half transmits, and the upper half receives.
const HALVES: [&str; 2] = ["ntfy-blk", "ntfy-block."];

/// An interrupt, and what it is requested for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vector {
    pub(crate) irq: String,
    pub(crate) name: String,
}

/// What a vector is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// It receives, and transmits too where the driver pairs queues.
    Receive,
    Transmit,
    Other,
    /// It would receive for a queue that the NIC has and does not use.
    Idle,
    /// A name that nobody knows: it counts as one that receives.
    Unknown,
}

impl Role {
    /// Whether such a vector announces packets.
    pub(crate) fn receives(self) -> bool {
        matches!(self, Role::Receive | Role::Unknown)
    }

    /// The word for people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Receive => "rx",
            Role::Transmit => "tx",
            Role::Other => "-",
            Role::Idle => "idle",
            Role::Unknown => "rx?",
        }
    }
}

/// What each of these vectors of an interface is for, with so many receive queues (0: unknown).
pub(crate) fn roles(interface: &str, queues: usize, all: &[Vector]) -> Vec<Role> {
    let receiving = receiving(interface, queues, all);
    let idle = idle(queues, &for_packets(interface, queues, all));
    let role = |vector: &Vector| {
        let words = words(interface, &vector.name);
        let has = |word: &&str| words.iter().any(|own| own == word);
        let is_known = half(&vector.name).is_some()
            || rank(interface, &vector.name, all) != Rank::Named
            || RECEIVE.iter().any(|(_, known)| known.iter().any(has));
        match (receiving.contains(vector), is_known) {
            (true, true) => Role::Receive,
            (true, false) => Role::Unknown,
            (false, _) if idle.contains(vector) => Role::Idle,
            (false, _) if half(&vector.name).is_some() => Role::Transmit,
            (false, _) if TRANSMIT.iter().any(has) => Role::Transmit,
            (false, _) => Role::Other,
        }
    };
    all.iter().map(role).collect()
}

/// The number of a vector among those of its kind, which drivers put at the end of its name.
pub(crate) fn number(name: &str) -> Option<u32> {
    let name = name.split('@').next().unwrap_or_default();
    let end = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    name[end.len()..].parse().ok()
}

/// How sure a name is to be that of a queue. Only the vectors of the highest rank receive: beside
/// `eth0-rx-0` the vector `eth0` is for everything else, alone it is the queue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Interface,
    Numbered,
    Named,
}

/// Those that receive, of an interface with so many receive queues (0: unknown).
pub(crate) fn receiving(interface: &str, queues: usize, all: &[Vector]) -> Vec<Vector> {
    let mut receiving = for_packets(interface, queues, all);
    let idle = idle(queues, &receiving);
    receiving.retain(|vector| !idle.contains(vector));
    receiving
}

/// Of these, which receive, those whose queues are not in use. virtio and mlx5 keep the vectors of
/// all queues that there could be, numbered from 0 on like the queues; where names say anything
/// else, all are in use.
fn idle(queues: usize, receiving: &[Vector]) -> Vec<Vector> {
    let mut numbers: Vec<Option<u32>> = receiving
        .iter()
        .map(|vector| number(&vector.name))
        .collect();
    numbers.sort_unstable();
    let counts_up = (0..).map(Some).zip(&numbers).all(|(want, is)| want == *is);
    let of_no_queue = |vector: &&Vector| {
        let queue = number(&vector.name).and_then(|number| usize::try_from(number).ok());
        queue.is_some_and(|queue| queue >= queues)
    };
    match queues > 0 && counts_up {
        true => receiving.iter().filter(of_no_queue).cloned().collect(),
        false => Vec::new(),
    }
}

/// Those that receive, or would if all queues were in use.
fn for_packets(interface: &str, queues: usize, all: &[Vector]) -> Vec<Vector> {
    let transmit = all.iter().filter_map(|vector| half(&vector.name)).max();
    let transmit = transmit.map_or(0, |last| last.div_ceil(2));
    let receives = |vector: &&Vector| match half(&vector.name) {
        Some(number) => number >= transmit && (queues == 0 || number < transmit + queues),
        None => is_for_packets(interface, &vector.name),
    };
    let receiving: Vec<&Vector> = all.iter().filter(receives).collect();
    let rank = |vector: &Vector| rank(interface, &vector.name, all);
    let highest = receiving.iter().map(|vector| rank(vector)).max();
    let of_highest = |vector: &&Vector| Some(rank(vector)) == highest;
    receiving.into_iter().filter(of_highest).cloned().collect()
}

/// The number of a vector that counts by halves.
fn half(name: &str) -> Option<usize> {
    let after = |mark: &&str| name.split_once(*mark).map(|(_, after)| after);
    let after = HALVES.iter().find_map(after)?;
    let end = after.find(|letter: char| !letter.is_ascii_digit());
    after[..end.unwrap_or(after.len())].parse().ok()
}

fn is_for_packets(interface: &str, name: &str) -> bool {
    let words = words(interface, name);
    let has = |word: &str| words.iter().any(|own| own == word);
    let other_work = |(_, others): &(&str, &[&str])| others.iter().any(|word| has(word));
    // ena says Tx-Rx where others say TxRx.
    has("rx") || !OTHER_WORK.iter().any(other_work)
}

fn rank(interface: &str, name: &str, all: &[Vector]) -> Rank {
    // Drivers keep a name that the interface had before.
    let begins = |vector: &Vector| {
        let rest = vector.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    if name == interface || all.iter().any(begins) {
        return Rank::Interface;
    }
    let rest = name.strip_prefix(interface).unwrap_or(name);
    match rest.strip_prefix('-') {
        Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => Rank::Numbered,
        _ => Rank::Named,
    }
}

/// The words of a name in small letters, without numbers, the interface and the bus address.
fn words(interface: &str, name: &str) -> Vec<String> {
    let name = name.split('@').next().unwrap_or_default();
    without(interface, name)
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// An interface may be called mgmt0.
fn without(interface: &str, name: &str) -> String {
    let is_end = |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric());
    match name.split_once(interface) {
        Some((before, after))
            if is_end(before.chars().next_back()) && is_end(after.chars().next()) =>
        {
            format!("{before}{after}")
        }
        _ => name.to_owned(),
    }
}
