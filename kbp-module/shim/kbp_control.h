/* SPDX-License-Identifier: GPL-2.0 */
/* The control path's lock, private to the shim; its place in the order stands in control.c. */
#ifndef KBP_CONTROL_H
#define KBP_CONTROL_H

#include <linux/mutex.h>

extern struct mutex kbp_control_mutex;

#endif /* KBP_CONTROL_H */
