// SPDX-License-Identifier: GPL-2.0
/* The configuration: one table of keys, its parser and its printer. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "testnic.h"

enum kind { NUMBER, NUMBER_OR_OFF, POWER_OF_TWO, IPV4, CHOICE };

struct config_key {
	const char *name;
	size_t offset;
	enum kind kind;
	bool needs_down; /* memory of the open interface depends on it */
	u64 min;
	u64 max;
	const char *const *choices; /* CHOICE: max + 1 of them */
};

static const char *const hooks[] = { "irqoff", "plain", "both", "none" };
static const char *const csums[] = { "real", "unnecessary" };

/* One row of a table. */
/* clang-format off */
#define KEY(_name, _kind, _min, _max) \
	.name = #_name, .offset = offsetof(struct kbp_tn_config, _name), \
	.kind = _kind, .min = _min, .max = _max
/* clang-format on */

static const struct config_key keys[] = {
	{ KEY(cpu, NUMBER, 0, 0) }, /* largest: see key_max() */
	{ KEY(queues, NUMBER, 1, KBP_TN_MAX_QUEUES), .needs_down = true },
	{ KEY(lead_ns, NUMBER_OR_OFF, 5000, 10000000000ULL) },
	{ KEY(period_ns, NUMBER, 5000, 10000000000ULL) },
	{ KEY(burst, NUMBER, 1, 1024) },
	{ KEY(count, NUMBER, 0, 1000000000) },
	{ KEY(cost_ns, NUMBER, 0, 10000000) },
	{ KEY(payload, NUMBER, sizeof(struct kbp_tn_payload), 1472) },
	{ KEY(tasklet_period_ns, NUMBER_OR_OFF, 20000, 10000000000ULL) },
	{ KEY(tasklet_ns, NUMBER, 0, 100000000) },
	{ KEY(ring, POWER_OF_TWO, 64, 65536), .needs_down = true },
	{ KEY(flow_src, IPV4, 0, U32_MAX) },
	{ KEY(flow_dst, IPV4, 0, U32_MAX) },
	{ KEY(port, NUMBER, 1, 65535) },
	{ KEY(hook, CHOICE, 0, ARRAY_SIZE(hooks) - 1), .choices = hooks },
	{ KEY(csum, CHOICE, 0, ARRAY_SIZE(csums) - 1), .choices = csums },
	{ KEY(arms, NUMBER, 0, 1) },
	{ KEY(leaves, NUMBER, 0, 1) },
	{ KEY(irq, NUMBER_OR_OFF, 1, S32_MAX), .needs_down = true },
};

static u64 *field(struct kbp_tn_config *cfg, const struct config_key *key)
{
	return (void *)cfg + key->offset;
}

static u64 key_max(const struct config_key *key)
{
	/* How many CPUs there can be is known only when the kernel runs. */
	return key->offset == offsetof(struct kbp_tn_config, cpu) ? nr_cpu_ids - 1 : key->max;
}

static bool read_value(const struct config_key *key, const char *text, u64 *value)
{
	const char *end;
	__be32 addr;

	switch (key->kind) {
	case IPV4:
		if (!in4_pton(text, -1, (u8 *)&addr, -1, &end) || *end)
			return false;
		*value = ntohl(addr);
		return true;
	case CHOICE:
		for (*value = 0; *value <= key->max; (*value)++)
			if (!strcmp(text, key->choices[*value]))
				return true;
		return false;
	default:
		if (kstrtou64(text, 0, value))
			return false;
		if (key->kind == NUMBER_OR_OFF && !*value)
			return true;
		if (key->kind == POWER_OF_TWO && !is_power_of_2(*value))
			return false;
		return *value >= key->min && *value <= key_max(key);
	}
}

static void complain(const struct config_key *key, const char *text)
{
	char choices[64];
	unsigned int i;
	int len = 0;

	switch (key->kind) {
	case IPV4:
		pr_err("%s=%s: want an IPv4 address such as 10.78.0.1\n", key->name, text);
		break;
	case CHOICE:
		for (i = 0; i <= key->max; i++)
			len += scnprintf(choices + len, sizeof(choices) - len, " %s",
					 key->choices[i]);
		pr_err("%s=%s: want one of:%s\n", key->name, text, choices);
		break;
	default:
		pr_err("%s=%s: want %s%s%llu..%llu\n", key->name, text,
		       key->kind == NUMBER_OR_OFF ? "0 (off) or " : "",
		       key->kind == POWER_OF_TWO ? "a power of two in " : "", key->min,
		       key_max(key));
	}
}

static int parse_one(struct kbp_tn *nic, struct kbp_tn_config *cfg, char *pair)
{
	char *value = pair;
	char *name = strsep(&value, "=");
	u64 number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct config_key *key = &keys[i];

		if (strcmp(name, key->name))
			continue;
		if (!value || !read_value(key, value, &number)) {
			complain(key, value ?: "");
			return -EINVAL;
		}
		if (key->needs_down && nic->up && *field(cfg, key) != number) {
			pr_err("%s=%s: %s is up; set it down to change this\n", name, value,
			       nic->dev->name);
			return -EBUSY;
		}
		*field(cfg, key) = number;
		return 0;
	}
	pr_err("%s: unknown key; read this file for the known ones\n", name);
	return -EINVAL;
}

/**
 * kbp_tn_config_parse() - take over "key=value" pairs, all of them or none
 * @nic: the device
 * @text: pairs separated by white space; is modified
 *
 * Context: process, holding the device's lock.
 * Return: 0, -EINVAL, or -EBUSY when the device's state forbids the change.
 */
int kbp_tn_config_parse(struct kbp_tn *nic, char *text)
{
	struct kbp_tn_config cfg = nic->cfg;
	char *pair;
	int err;

	lockdep_assert_held(&nic->lock);
	if (kbp_tn_running(nic)) {
		pr_err("config: a run is going on; write 0 to run first\n");
		return -EBUSY;
	}
	while ((pair = strsep(&text, " \t\n"))) {
		if (!*pair)
			continue;
		err = parse_one(nic, &cfg, pair);
		if (err)
			return err;
	}
	nic->cfg = cfg;
	return 0;
}

/**
 * kbp_tn_config_show() - print every key in the form the parser reads
 * @m: where to
 * @cfg: the configuration
 */
void kbp_tn_config_show(struct seq_file *m, const struct kbp_tn_config *cfg)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		u64 value = *field((struct kbp_tn_config *)cfg, &keys[i]);
		__be32 addr = htonl(value);

		if (keys[i].kind == IPV4)
			seq_printf(m, "%s=%pI4\n", keys[i].name, &addr);
		else if (keys[i].kind == CHOICE)
			seq_printf(m, "%s=%s\n", keys[i].name, keys[i].choices[value]);
		else
			seq_printf(m, "%s=%llu\n", keys[i].name, value);
	}
}

/**
 * kbp_tn_config_default() - 5000 packets at 1 kHz on one queue of CPU 1
 * @cfg: to be filled
 */
void kbp_tn_config_default(struct kbp_tn_config *cfg)
{
	*cfg = (struct kbp_tn_config){
		.cpu = min(1U, nr_cpu_ids - 1),
		.queues = 1,
		.period_ns = 1000000,
		.burst = 1,
		.count = 5000,
		.payload = 64,
		.ring = 4096,
		.flow_src = 0x0a4e0002, /* 10.78.0.2 */
		.flow_dst = 0x0a4e0001, /* 10.78.0.1 */
		.port = 9,
	};
}
