// SPDX-License-Identifier: GPL-2.0
/* The net device ktn0: up, down, counters, and the module's life. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "compat.h"
#include "testnic.h"

static const u8 own_mac[ETH_ALEN] = { 0x02, 0x6b, 0x62, 0x70, 0x00, 0x01 };

static struct kbp_tn *the_nic;

struct priv {
	struct kbp_tn *nic;
};

static struct kbp_tn *nic_of(struct net_device *dev)
{
	return ((struct priv *)netdev_priv(dev))->nic;
}

static void free_rings(struct kbp_tn *nic, u32 n)
{
	while (n--) {
		kvfree(nic->queue[n].ring.slot);
		nic->queue[n].ring.slot = NULL;
	}
}

static int alloc_rings(struct kbp_tn *nic, u32 n, u32 size)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct kbp_tn_ring *ring = &nic->queue[i].ring;

		ring->slot = kvmalloc_array(size, sizeof(*ring->slot), GFP_KERNEL);
		if (!ring->slot) {
			free_rings(nic, i);
			return -ENOMEM;
		}
		ring->size = size;
		ring->head = 0;
		ring->tail = 0;
		ring->settled = 0;
	}
	return 0;
}

static int tn_open(struct net_device *dev)
{
	struct kbp_tn *nic = nic_of(dev);
	u32 i;
	int err;

	mutex_lock(&nic->lock);
	err = netif_set_real_num_rx_queues(dev, nic->cfg.queues);
	if (err)
		goto out;
	err = alloc_rings(nic, nic->cfg.queues, nic->cfg.ring);
	if (err)
		goto out;
	nic->nqueues = nic->cfg.queues;
	for (i = 0; i < nic->nqueues; i++) {
		struct kbp_tn_queue *q = &nic->queue[i];

		q->irq_on = 1;
		netif_napi_add(dev, &q->napi, kbp_tn_poll);
		if (nic->cfg.irq)
			netif_napi_set_irq(&q->napi, nic->cfg.irq);
		napi_enable(&q->napi);
	}
	nic->up = true;
	netif_carrier_on(dev);
	netif_start_queue(dev);
out:
	mutex_unlock(&nic->lock);
	return err;
}

static int tn_stop(struct net_device *dev)
{
	struct kbp_tn *nic = nic_of(dev);
	u32 i;

	netif_stop_queue(dev);
	netif_carrier_off(dev);

	mutex_lock(&nic->lock);
	nic->up = false;
	kbp_tn_source_stop(nic);
	mutex_unlock(&nic->lock);

	/* Not under the lock: this waits for whoever polls. */
	for (i = 0; i < nic->nqueues; i++) {
		napi_disable(&nic->queue[i].napi);
		netif_napi_del(&nic->queue[i].napi);
	}
	/* A forced interrupt may be on its way still. */
	kick_all_cpus_sync();

	mutex_lock(&nic->lock);
	for (i = 0; i < nic->nqueues; i++) {
		struct kbp_tn_queue *q = &nic->queue[i];

		q->flushed += kbp_tn_ring_used(&q->ring);
		WRITE_ONCE(q->ring.tail, q->ring.head);
		WRITE_ONCE(q->ring.settled, q->ring.head);
	}
	free_rings(nic, nic->nqueues);
	mutex_unlock(&nic->lock);
	return 0;
}

/* There is no cable. Context: softirq or bottom halves off. */
static netdev_tx_t tn_xmit(struct sk_buff *skb, struct net_device *dev)
{
	atomic64_inc(&nic_of(dev)->tx_packets);
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

static void tn_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct kbp_tn *nic = nic_of(dev);
	u32 i;

	stats->tx_packets = atomic64_read(&nic->tx_packets);
	for (i = 0; i < KBP_TN_MAX_QUEUES; i++) {
		struct kbp_tn_queue *q = &nic->queue[i];

		stats->rx_packets += READ_ONCE(q->delivered);
		stats->rx_bytes += READ_ONCE(q->bytes);
		stats->rx_missed_errors += READ_ONCE(q->overflow);
		stats->rx_dropped += READ_ONCE(q->nomem) + READ_ONCE(q->flushed);
	}
}

static const struct net_device_ops tn_ops = {
	.ndo_open = tn_open,
	.ndo_stop = tn_stop,
	.ndo_start_xmit = tn_xmit,
	.ndo_get_stats64 = tn_stats64,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void tn_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &tn_ops;
	dev->flags |= IFF_NOARP;
	dev->flags &= ~IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
}

static int __init tn_init(void)
{
	struct net_device *dev;
	struct kbp_tn *nic;
	int err = -ENOMEM;
	u32 i;

	/* Not in the net device's private area: that is not aligned to cache lines. */
	nic = kvzalloc(sizeof(*nic), GFP_KERNEL);
	if (!nic)
		return err;
	dev = alloc_netdev_mqs(sizeof(struct priv), "ktn0", NET_NAME_USER, tn_setup, 1,
			       KBP_TN_MAX_QUEUES);
	if (!dev)
		goto free_nic;
	((struct priv *)netdev_priv(dev))->nic = nic;
	eth_hw_addr_set(dev, own_mac);
	netif_carrier_off(dev);

	nic->dev = dev;
	mutex_init(&nic->lock);
	kbp_tn_config_default(&nic->cfg);
	for (i = 0; i < KBP_TN_MAX_QUEUES; i++) {
		nic->queue[i].nic = nic;
		nic->queue[i].index = i;
	}
	kbp_tn_source_init(nic);

	err = register_netdev(dev);
	if (err) {
		pr_err("%s cannot be registered: %d\n", dev->name, err);
		goto free_dev;
	}
	kbp_tn_control_add(nic);
	the_nic = nic;
	return 0;

free_dev:
	free_netdev(dev);
free_nic:
	kvfree(nic);
	return err;
}

static void __exit tn_exit(void)
{
	/* First the files, so that nobody starts a run on a device that goes. */
	kbp_tn_control_remove(the_nic);
	unregister_netdev(the_nic->dev);
	free_netdev(the_nic->dev);
	kvfree(the_nic);
}

module_init(tn_init);
module_exit(tn_exit);
MODULE_DESCRIPTION("KBP test NIC: measures schedule-to-poll delay (tests only)");
MODULE_LICENSE("GPL");
