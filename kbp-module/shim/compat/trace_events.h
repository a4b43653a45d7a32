/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.3 the kernel makes no trace events for a module that has livepatch relocations, and
 * says so as an error; there the tracepoints are left out.  No header shows the difference, so this
 * asks for the version.
 */
#ifndef KBP_COMPAT_TRACE_EVENTS_H
#define KBP_COMPAT_TRACE_EVENTS_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define CREATE_TRACE_POINTS
#else
#define NOTRACE
#endif

#endif /* KBP_COMPAT_TRACE_EVENTS_H */
