// SPDX-License-Identifier: GPL-2.0
/* Builds the packet of a descriptor: Ethernet, IPv4, UDP, payload. */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "testnic.h"

#define FIRST_SRC_PORT 40000 /* one flow per queue */

static const u8 neighbour_mac[ETH_ALEN] = { 0x02, 0x6b, 0x62, 0x70, 0x00, 0x02 };

static void put_udp(struct sk_buff *skb, const struct kbp_tn_queue *q,
		    const struct kbp_tn_desc *desc, const struct iphdr *iph)
{
	const struct kbp_tn_config *cfg = &q->nic->cfg;
	unsigned int len = sizeof(struct udphdr) + cfg->payload;
	struct udphdr *udp = skb_put_zero(skb, len);
	struct kbp_tn_payload *payload = (void *)(udp + 1);

	udp->source = htons(FIRST_SRC_PORT + q->index);
	udp->dest = htons(cfg->port);
	udp->len = htons(len);
	payload->magic = htonl(KBP_TN_MAGIC);
	payload->queue = htonl(q->index);
	payload->seq = cpu_to_be64(desc->seq);
	payload->timestamp = cpu_to_be64(desc->timestamp);
	udp->check = csum_tcpudp_magic(iph->saddr, iph->daddr, len, IPPROTO_UDP,
				       csum_partial(udp, len, 0));
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

/**
 * kbp_tn_packet() - build the packet of one descriptor
 * @q: the queue that took it
 * @desc: the descriptor
 *
 * Context: poll function (softirq or bottom halves off).
 * Return: the packet, ready for napi_gro_receive(), or NULL without memory.
 */
struct sk_buff *kbp_tn_packet(struct kbp_tn_queue *q, const struct kbp_tn_desc *desc)
{
	const struct kbp_tn_config *cfg = &q->nic->cfg;
	unsigned int ip_len = sizeof(struct iphdr) + sizeof(struct udphdr) + cfg->payload;
	struct sk_buff *skb = napi_alloc_skb(&q->napi, ETH_HLEN + ip_len);
	struct ethhdr *eth;
	struct iphdr *iph;

	if (!skb)
		return NULL;

	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, q->nic->dev->dev_addr);
	ether_addr_copy(eth->h_source, neighbour_mac);
	eth->h_proto = htons(ETH_P_IP);

	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tot_len = htons(ip_len);
	iph->frag_off = htons(IP_DF);
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = htonl(cfg->flow_src);
	iph->daddr = htonl(cfg->flow_dst);
	ip_send_check(iph);

	put_udp(skb, q, desc, iph);

	skb->ip_summed = cfg->csum == KBP_TN_UNNECESSARY ? CHECKSUM_UNNECESSARY : CHECKSUM_NONE;
	skb->protocol = eth_type_trans(skb, q->nic->dev);
	skb_record_rx_queue(skb, q->index);
	return skb;
}
