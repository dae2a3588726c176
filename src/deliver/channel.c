#include "deliver/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int
channel_send(int channel, const struct channel_message *m, int fd)
{
	struct iovec part = { (void *)m, sizeof *m };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control.room;
		control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	}
	do
		n = sendmsg(channel, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *m ? 0 : -1;
}

static int
is_well_formed(const struct channel_message *m, int fd)
{
	switch (m->kind) {
	case ROUND_PATH:
		return fd < 0 && seal_is_name(m->name, strnlen(m->name, sizeof m->name));
	case ROUND_FD:
	case ROUND_VALUE:
		return fd >= 0 && seal_is_name(m->name, strnlen(m->name, sizeof m->name));
	case ROUND_DONE:
		return fd < 0;
	default:
		return 0;
	}
}

int
channel_receive(int channel, struct channel_message *m, int *fd)
{
	struct iovec part = { m, sizeof *m };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room };
	const struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return (int)n;
	c = CMSG_FIRSTHDR(&message);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof *fd))
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	if (n == (ssize_t)sizeof *m && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && is_well_formed(m, *fd))
		return 1;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = EPROTO;
	return -1;
}
