// SPDX-License-Identifier: GPL-2.0
//! Fields, enumerators and prototypes that the shim and the hooks are written for, as BTF spells
//! their types.

/// A field that must exist, with one of these types.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The struct.
    pub owner: &'static str,
    /// The field.
    pub name: &'static str,
    /// Its type, spelled.
    pub types: &'static [&'static str],
}

const fn field(owner: &'static str, name: &'static str, types: &'static [&'static str]) -> Field {
    Field { owner, name, types }
}

const LIST: &[&str] = &["struct list_head"];
const INT: &[&str] = &["int"];
const TASK: &[&str] = &["struct task_struct *"];

/// In every kernel.
pub const FIELDS: [Field; 22] = [
    field("napi_struct", "poll_list", LIST),
    field("napi_struct", "state", &["long unsigned int"]),
    field("napi_struct", "weight", INT),
    field("napi_struct", "thread", TASK),
    field("napi_struct", "dev", &["struct net_device *"]),
    field("napi_struct", "napi_id", &["unsigned int", "u32"]),
    field("napi_struct", "poll_owner", INT),
    field("softnet_data", "poll_list", LIST),
    field("softnet_data", "rps_ipi_list", &["struct softnet_data *"]),
    field("softnet_data", "rps_ipi_next", &["struct softnet_data *"]),
    field("softnet_data", "cpu", &["unsigned int"]),
    field("softnet_data", "csd", &["call_single_data_t"]),
    field("softnet_data", "input_pkt_queue", &["struct sk_buff_head"]),
    field("softnet_data", "backlog", &["struct napi_struct"]),
    field("sk_buff_head", "lock", &["spinlock_t"]),
    field("sk_buff", "next", &["struct sk_buff *"]),
    field("net_device", "ifindex", INT),
    field("task_struct", "comm", &["char[16]"]),
    field("task_struct", "patch_state", INT),
    field(
        "tracepoint",
        "key",
        &["struct static_key", "struct static_key_false"],
    ),
    field("tracepoint", "iterator", &["void *"]),
    field("static_key", "enabled", &["atomic_t"]),
];

/// Fields of some kernels; where one exists, it must be this.
pub const OPTIONAL: [Field; 4] = [
    field("net_hotdata", "netdev_budget", INT),
    field("net_hotdata", "netdev_budget_usecs", INT),
    field("napi_struct", "list_owner", INT),
    field("softnet_data", "in_net_rx_action", &["bool"]),
];

/// What differs between kernels: one of the alternatives must be there as a whole.
pub const ALTERNATIVES: [(&str, &[&[Field]]); 2] = [
    (
        "where GRO gathers packets",
        &[
            &[field("napi_struct", "gro", &["struct gro_node"])],
            &[
                field("napi_struct", "gro_bitmask", &["long unsigned int"]),
                field("napi_struct", "rx_list", LIST),
                field("napi_struct", "rx_count", INT),
            ],
        ],
    ),
    (
        "where packets wait to be freed",
        &[
            &[field(
                "net_hotdata",
                "skb_defer_nodes",
                &["struct skb_defer_node *"],
            )],
            &[
                field("softnet_data", "defer_list", &["struct sk_buff *"]),
                field("softnet_data", "defer_lock", &["spinlock_t"]),
                field("softnet_data", "defer_count", INT),
            ],
        ],
    ),
];

/// Enumerators that are used.
pub const ENUMERATORS: [&str; 10] = [
    "NET_RX_SOFTIRQ",
    "NAPI_STATE_SCHED",
    "NAPI_STATE_DISABLE",
    "NAPI_STATE_NPSVC",
    "NAPI_STATE_NO_BUSY_POLL",
    "NAPI_STATE_IN_BUSY_POLL",
    "NAPI_STATE_THREADED",
    "NAPI_STATE_SCHED_THREADED",
    "NAPIF_STATE_THREADED",
    "NAPIF_STATE_SCHED_THREADED",
];

/// The lowest of the bits of `napi_struct.state`, up to the highest, that KBP uses for itself
/// (`KBP_NAPI_STATE_STRAY` in `kbp-module/shim/kbp_gate.h`).
pub const LOWEST_OWN_BIT: u32 = 57;

/// Functions that are called or stood in for, with their prototypes.
pub const PROTOTYPES: [(&str, &str); 7] = [
    ("__napi_poll", "int (struct napi_struct *, bool *)"),
    ("__napi_schedule", "void (struct napi_struct *)"),
    ("__napi_schedule_irqoff", "void (struct napi_struct *)"),
    ("__raise_softirq_irqoff", "void (unsigned int)"),
    ("klp_update_patch_state", "void (struct task_struct *)"),
    ("raise_softirq_irqoff", "void (unsigned int)"),
    ("rcu_softirq_qs", "void (void)"),
];
