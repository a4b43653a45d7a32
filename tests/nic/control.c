// SPDX-License-Identifier: GPL-2.0
/* Control and results through debugfs. */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "testnic.h"

static int config_show(struct seq_file *m, void *unused)
{
	struct kbp_tn *nic = m->private;

	mutex_lock(&nic->lock);
	kbp_tn_config_show(m, &nic->cfg);
	mutex_unlock(&nic->lock);
	return 0;
}

static int config_open(struct inode *inode, struct file *file)
{
	return single_open(file, config_show, inode->i_private);
}

static ssize_t config_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct kbp_tn *nic = ((struct seq_file *)file->private_data)->private;
	char *text;
	int err;

	/* One write is one change; a longer text would arrive in pieces. */
	if (len > PAGE_SIZE)
		return -EINVAL;
	text = memdup_user_nul(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	mutex_lock(&nic->lock);
	err = kbp_tn_config_parse(nic, text);
	mutex_unlock(&nic->lock);
	kfree(text);
	return err ?: len;
}

static const struct file_operations config_fops = {
	.owner = THIS_MODULE,
	.open = config_open,
	.read = seq_read,
	.write = config_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int run_get(void *data, u64 *value)
{
	struct kbp_tn *nic = data;

	*value = kbp_tn_running(nic);
	return 0;
}

static int run_set(void *data, u64 value)
{
	struct kbp_tn *nic = data;
	int err = 0;

	if (value > 1) {
		netdev_err(nic->dev, "run=%llu: want 1 (start) or 0 (stop)\n", value);
		return -EINVAL;
	}
	mutex_lock(&nic->lock);
	if (value)
		err = kbp_tn_source_start(nic);
	else
		kbp_tn_source_stop(nic);
	mutex_unlock(&nic->lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(run_fops, run_get, run_set, "%llu\n");

static int move_set(void *data, u64 value)
{
	struct kbp_tn *nic = data;
	int err;

	mutex_lock(&nic->lock);
	err = kbp_tn_source_move(nic, value);
	mutex_unlock(&nic->lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(move_fops, NULL, move_set, "%llu\n");

static int stats_show(struct seq_file *m, void *unused)
{
	struct kbp_tn *nic = m->private;
	u64 delivered = 0, overflow = 0, nomem = 0, flushed = 0, scheduled = 0, polls = 0,
	    strays = 0;
	u32 i;

	for (i = 0; i < KBP_TN_MAX_QUEUES; i++) {
		struct kbp_tn_queue *q = &nic->queue[i];

		delivered += READ_ONCE(q->delivered);
		overflow += READ_ONCE(q->overflow);
		nomem += READ_ONCE(q->nomem);
		flushed += READ_ONCE(q->flushed);
		scheduled += READ_ONCE(q->irqs) + READ_ONCE(q->rearmed);
		polls += READ_ONCE(q->polls);
		strays += READ_ONCE(q->strays);
	}
	seq_printf(m, "generated %llu\ndelivered %llu\ndropped %llu\n", READ_ONCE(nic->generated),
		   delivered, overflow + nomem + flushed);
	seq_printf(m, "scheduled %llu\npolls %llu\nlate_max_ns %llu\n", scheduled, polls,
		   READ_ONCE(nic->late.max_ns));
	seq_printf(m, "strays %llu\n", strays);
	seq_printf(m, "ticks %llu\nticks_idle %llu\n", READ_ONCE(nic->ticks),
		   READ_ONCE(nic->ticks_idle));
	seq_printf(m,
		   "dropped_overflow %llu\ndropped_nomem %llu\ndropped_down %llu\nwithheld %llu\n",
		   overflow, nomem, flushed, READ_ONCE(nic->withheld));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int hist_show(struct seq_file *m, void *unused)
{
	struct kbp_tn *nic = m->private;
	struct kbp_tn_hist *sum = kvzalloc(sizeof(*sum), GFP_KERNEL);
	u32 i;

	if (!sum)
		return -ENOMEM;
	for (i = 0; i < KBP_TN_MAX_QUEUES; i++)
		kbp_tn_hist_merge(sum, &nic->queue[i].delay);
	kbp_tn_hist_show(m, sum);
	kvfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hist);

static int late_show(struct seq_file *m, void *unused)
{
	struct kbp_tn *nic = m->private;

	kbp_tn_hist_show(m, &nic->late);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(late);

static int reset_set(void *data, u64 value)
{
	struct kbp_tn *nic = data;
	int err = 0;
	u32 i;

	mutex_lock(&nic->lock);
	if (kbp_tn_running(nic)) {
		netdev_err(nic->dev, "reset: a run is going on; write 0 to run first\n");
		err = -EBUSY;
		goto out;
	}
	nic->ticks = 0;
	nic->ticks_idle = 0;
	nic->generated = 0;
	nic->withheld = 0;
	memset(&nic->late, 0, sizeof(nic->late));
	for (i = 0; i < KBP_TN_MAX_QUEUES; i++) {
		struct kbp_tn_queue *q = &nic->queue[i];

		q->flushed = 0;
		q->seq = 0;
		q->overflow = 0;
		q->irqs = 0;
		q->delivered = 0;
		q->bytes = 0;
		q->nomem = 0;
		q->polls = 0;
		q->rearmed = 0;
		q->strays = 0;
		memset(&q->delay, 0, sizeof(q->delay));
	}
out:
	mutex_unlock(&nic->lock);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(reset_fops, NULL, reset_set, "%llu\n");

/**
 * kbp_tn_control_add() - create the files
 * @nic: the device
 */
void kbp_tn_control_add(struct kbp_tn *nic)
{
	struct dentry *dir = debugfs_create_dir(KBUILD_MODNAME, NULL);

	nic->debugfs = dir;
	debugfs_create_file("config", 0600, dir, nic, &config_fops);
	debugfs_create_file_unsafe("run", 0600, dir, nic, &run_fops);
	debugfs_create_file_unsafe("move", 0200, dir, nic, &move_fops);
	debugfs_create_file("stats", 0400, dir, nic, &stats_fops);
	debugfs_create_file("hist", 0400, dir, nic, &hist_fops);
	debugfs_create_file("late", 0400, dir, nic, &late_fops);
	debugfs_create_file_unsafe("reset", 0200, dir, nic, &reset_fops);
}

/**
 * kbp_tn_control_remove() - remove the files and wait for their users
 * @nic: the device
 */
void kbp_tn_control_remove(struct kbp_tn *nic)
{
	debugfs_remove_recursive(nic->debugfs);
}
