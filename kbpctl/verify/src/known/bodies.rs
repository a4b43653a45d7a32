// SPDX-License-Identifier: GPL-2.0
//! What the functions that the hooks stand in for do, in every version the hooks were compared with.
//! A new version is accepted by reading its source, comparing it with the hook, and adding it here.

/// One version of a function.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// The function.
    pub name: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// Its facts (see `code::Facts`), sorted.
    pub facts: &'static [&'static str],
}

/// All accepted versions.
pub const BODIES: [Body; 9] = [
    Body {
        name: "__napi_schedule",
        source: "Linux 6.1",
        facts: &[
            "call *pv_ops",
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "or napi_struct.state 0x200",
            "read napi_struct.thread",
            "read task_struct.__state",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__napi_schedule",
        source: "Linux 6.12",
        facts: &[
            "call *pv_ops",
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "cmp backlog_napi",
            "cmp softnet_data.in_net_rx_action 0x0",
            "or napi_struct.state 0x200",
            "read napi_struct.thread",
            "read pcpu_hot.cpu_number",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.list_owner",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__napi_schedule",
        source: "Linux 7.2 and 7.3",
        facts: &[
            "call *pv_ops",
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "cmp backlog_napi",
            "cmp softnet_data.in_net_rx_action 0x0",
            "or napi_struct.state 0x200",
            "read cpu_number",
            "read napi_struct.thread",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.list_owner",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__napi_schedule_irqoff",
        source: "Linux 6.1",
        facts: &[
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "or napi_struct.state 0x200",
            "read napi_struct.thread",
            "read task_struct.__state",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__napi_schedule_irqoff",
        source: "Linux 6.12",
        facts: &[
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "cmp backlog_napi",
            "cmp softnet_data.in_net_rx_action 0x0",
            "or napi_struct.state 0x200",
            "read napi_struct.thread",
            "read pcpu_hot.cpu_number",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.list_owner",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__napi_schedule_irqoff",
        source: "Linux 7.2 and 7.3",
        facts: &[
            "call raise_softirq_irqoff(3)",
            "call wake_up_process",
            "cmp backlog_napi",
            "cmp softnet_data.in_net_rx_action 0x0",
            "or napi_struct.state 0x200",
            "read cpu_number",
            "read napi_struct.thread",
            "test napi_struct.state 0x100",
            "write (softnet_data.poll_list.prev)+0x0",
            "write napi_struct.list_owner",
            "write napi_struct.poll_list.next",
            "write napi_struct.poll_list.prev",
            "write softnet_data.poll_list.prev",
        ],
    },
    Body {
        name: "__raise_softirq_irqoff",
        source: "Linux 6.1",
        facts: &[
            "bt __cpu_online_mask",
            "call __SCT__preempt_schedule_notrace",
            "call __SCT__tp_func_softirq_raise",
            "dec __preempt_count",
            "inc __preempt_count",
            "or irq_stat.__softirq_pending",
            "read __tracepoint_softirq_raise",
            "read cpu_number",
        ],
    },
    Body {
        name: "__raise_softirq_irqoff",
        source: "Linux 6.12",
        facts: &[
            "bt __cpu_online_mask",
            "call __SCT__preempt_schedule_notrace",
            "call __SCT__tp_func_softirq_raise",
            "dec pcpu_hot.preempt_count",
            "inc pcpu_hot.preempt_count",
            "or pcpu_hot.softirq_pending",
            "read __tracepoint_softirq_raise",
            "read pcpu_hot.cpu_number",
        ],
    },
    Body {
        name: "__raise_softirq_irqoff",
        source: "Linux 7.2 and 7.3",
        facts: &[
            "bt __cpu_online_mask",
            "call __SCT__tp_func_softirq_raise",
            "or __softirq_pending",
            "read __tracepoint_softirq_raise",
            "read cpu_number",
            "read tracepoint_srcu",
        ],
    },
];
