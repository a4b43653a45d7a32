// SPDX-License-Identifier: GPL-2.0
/* What the control path needs of the kernel: locks, capability, user memory, /dev. */
#include <linux/capability.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kbp_control.h"
#include "kbp_shim.h"

/*
 * Lock order:
 *  1. klp_mutex           (held by the kernel around our livepatch callbacks)
 *  2. cpu_hotplug_lock    (read: kbp_control_lock(); write: held around our hotplug callbacks)
 *  3. kbp_control_mutex
 * The power notifier's chain lock comes before 2.
 */
DEFINE_MUTEX(kbp_control_mutex);

/**
 * kbp_control_lock() - nobody else changes cores, and none goes on- or offline
 *
 * Context: process context, may sleep.
 */
void kbp_control_lock(void)
{
	cpus_read_lock();
	mutex_lock(&kbp_control_mutex);
}

/** kbp_control_unlock() - undo kbp_control_lock() */
void kbp_control_unlock(void)
{
	mutex_unlock(&kbp_control_mutex);
	cpus_read_unlock();
}

/** kbp_capable() - may the caller configure this host's network? */
bool kbp_capable(void)
{
	return capable(CAP_NET_ADMIN);
}

/** kbp_core_possible() - can this core ever exist here? */
bool kbp_core_possible(u32 core)
{
	return core < nr_cpu_ids && cpu_possible(core);
}

/** kbp_core_online() - is it online? Stable under kbp_control_lock(). */
bool kbp_core_online(u32 core)
{
	return core < nr_cpu_ids && cpu_online(core);
}

/** kbp_core_limit() - one more than the highest possible core */
u32 kbp_core_limit(void)
{
	return nr_cpu_ids;
}

/** kbp_pause() - sleep for about a millisecond */
void kbp_pause(void)
{
	usleep_range(500, 1500);
}

/** kbp_table_alloc() - zeroed memory for @count things of @size */
void *kbp_table_alloc(size_t count, size_t size)
{
	return kvcalloc(count, size, GFP_KERNEL);
}

/** kbp_table_free() - undo kbp_table_alloc() */
void kbp_table_free(void *table)
{
	kvfree(table);
}

/** kbp_copy_from_user() - 0 or -EFAULT */
int kbp_copy_from_user(void *to, unsigned long from, size_t len)
{
	return copy_from_user(to, (const void __user *)from, len) ? -EFAULT : 0;
}

/** kbp_copy_to_user() - 0 or -EFAULT */
int kbp_copy_to_user(unsigned long to, const void *from, size_t len)
{
	return copy_to_user((void __user *)to, from, len) ? -EFAULT : 0;
}

static long kbp_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return kbp_rs_ioctl(cmd, arg);
}

static const struct file_operations kbp_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = kbp_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice kbp_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kbp",
	.fops = &kbp_fops,
	.mode = 0600,
};

/** kbp_device_register() - make /dev/kbp */
int kbp_device_register(void)
{
	return misc_register(&kbp_device);
}

/** kbp_device_unregister() - remove /dev/kbp; open files hold the module, so none is open */
void kbp_device_unregister(void)
{
	misc_deregister(&kbp_device);
}
