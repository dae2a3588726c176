/* channel.h: how the worker tells its parent what it did: short messages of fixed form, with a descriptor each at most. */
#ifndef DELIVER_CHANNEL_H
#define DELIVER_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

#include "deliver/round.h"

struct channel_message {
	uint32_t kind;                          /* enum round_message */
	uint32_t status;                        /* enum seal_status, with ROUND_DONE */
	union {
		char name[SEAL_NAME_MAX + 1];
		struct round_state state;
	};
};

/* Sends one; fd is -1 for none. -1 with errno. */
int channel_send(int channel, const struct channel_message *, int fd);

/*
 * Waits for one: 1, 0 when the other end is gone, -1 with errno. What is not of
 * the fixed form, or whose name is none, is EPROTO: the worker may be anybody's by now.
 */
int channel_receive(int channel, struct channel_message *, int *fd);

#endif
