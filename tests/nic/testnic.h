/* SPDX-License-Identifier: GPL-2.0 */
/* kbp_testnic: what its files share. */
#ifndef KBP_TN_TESTNIC_H
#define KBP_TN_TESTNIC_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/smp.h>

#include "hist.h"
#include "ring.h"

#define KBP_TN_MAX_QUEUES 16
#define KBP_TN_MAGIC 0x4b425054 /* "KBPT" */

/* Start of the UDP payload; everything in network byte order. */
struct kbp_tn_payload {
	__be32 magic;
	__be32 queue;
	__be64 seq;
	__be64 timestamp;
} __packed;

enum kbp_tn_hook { KBP_TN_IRQOFF, KBP_TN_PLAIN, KBP_TN_BOTH, KBP_TN_NONE };
enum kbp_tn_csum { KBP_TN_REAL, KBP_TN_UNNECESSARY };

/* Every field is u64 so that one table can describe them (config.c). */
struct kbp_tn_config {
	u64 cpu;
	u64 queues;
	u64 lead_ns;
	u64 period_ns;
	u64 burst;
	u64 count;
	u64 cost_ns;
	u64 payload;
	u64 tasklet_period_ns;
	u64 tasklet_ns;
	u64 ring;
	u64 flow_src; /* IPv4, host byte order */
	u64 flow_dst;
	u64 port;
	u64 hook;
	u64 csum;
	u64 arms;
	u64 leaves;
	u64 irq;
};

struct kbp_tn;

struct kbp_tn_queue {
	struct kbp_tn *nic;
	struct napi_struct napi;
	struct kbp_tn_ring ring;
	u32 index;
	/* The device's interrupt mask: taken by the interrupt, given back by poll. */
	u32 irq_on;
	call_single_data_t forced; /* an interrupt that poll asked for */
	u64 flushed; /* left in the ring when the interface went down */

	/* Written by the timer only. */
	u64 seq ____cacheline_aligned_in_smp;
	u64 overflow;
	u64 irqs;

	/* Written by poll only. */
	u64 delivered ____cacheline_aligned_in_smp;
	u64 bytes;
	u64 nomem;
	u64 polls;
	u64 rearmed;
	u64 strays; /* polls with packets where the interrupt does not go */
	struct kbp_tn_hist delay;
};

struct kbp_tn {
	struct net_device *dev;
	/* Serialises configuration, start and stop; taken inside the RTNL. */
	struct mutex lock;
	struct kbp_tn_config cfg;
	bool up;
	u32 nqueues; /* of the open interface, 0 before the first open */
	atomic64_t tx_packets;
	struct dentry *debugfs;

	struct hrtimer timer;
	u32 irq_cpu; /* where the interrupts go; a run begins with cfg.cpu */
	bool generating;
	u64 left; /* packets of this run still to produce */
	u32 next_queue;
	bool use_plain; /* hook=both: which one is next */
	u64 ticks; /* runs of the timer handler */
	u64 ticks_idle; /* of these: met an idle CPU */
	u64 generated;
	u64 withheld; /* of these: hook=none, never shown to poll */
	struct kbp_tn_hist late;

	struct hrtimer rival_timer;
	struct tasklet_struct rival;

	struct kbp_tn_queue queue[KBP_TN_MAX_QUEUES];
};

/* config.c */
void kbp_tn_config_default(struct kbp_tn_config *cfg);
int kbp_tn_config_parse(struct kbp_tn *nic, char *text);
void kbp_tn_config_show(struct seq_file *m, const struct kbp_tn_config *cfg);

/* control.c */
void kbp_tn_control_add(struct kbp_tn *nic);
void kbp_tn_control_remove(struct kbp_tn *nic);

/* packet.c */
struct sk_buff *kbp_tn_packet(struct kbp_tn_queue *q, const struct kbp_tn_desc *desc);

/* poll.c */
int kbp_tn_poll(struct napi_struct *napi, int budget);

/* source.c */
void kbp_tn_source_init(struct kbp_tn *nic);
int kbp_tn_source_start(struct kbp_tn *nic);
void kbp_tn_source_stop(struct kbp_tn *nic);
int kbp_tn_source_move(struct kbp_tn *nic, u64 cpu);
void kbp_tn_force_irq(struct kbp_tn_queue *q);
bool kbp_tn_running(const struct kbp_tn *nic);

/* rival.c */
void kbp_tn_rival_init(struct kbp_tn *nic);
void kbp_tn_rival_start(struct kbp_tn *nic);
void kbp_tn_rival_stop(struct kbp_tn *nic);

#endif
