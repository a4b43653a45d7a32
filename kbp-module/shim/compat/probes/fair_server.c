// SPDX-License-Identifier: GPL-2.0
/* The fair server is the first deadline server that defers. */
#include <linux/sched.h>
bool probe(const struct sched_dl_entity *server);
bool probe(const struct sched_dl_entity *server)
{
	return server->dl_defer;
}
