/* SPDX-License-Identifier: GPL-2.0 */
/* One core's thread, private to the shim. */
#ifndef KBP_THREAD_H
#define KBP_THREAD_H

#include <linux/completion.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct kbp_thread - what control and the kbp/N thread of one core tell each other
 * @task: the thread, NULL when there is none; written under the control lock
 * @ended: completed by the thread's very end
 * @stop: control wants it to end
 * @nudged: control has something to say; cleared by the thread before it looks what
 * @fifo: control wants SCHED_FIFO, else SCHED_NORMAL
 * @nice: for SCHED_NORMAL
 * @pins_module: it was waited for in vain, so the module must stay
 */
struct kbp_thread {
	struct task_struct *task;
	struct completion ended;
	bool stop;
	bool nudged;
	bool fifo;
	s32 nice;
	bool pins_module;
};

DECLARE_PER_CPU(struct kbp_thread, kbp_threads);

#endif /* KBP_THREAD_H */
