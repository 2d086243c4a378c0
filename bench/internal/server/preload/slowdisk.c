// Preloaded into Postgres, it makes each flush of the write-ahead log wait, as on a slow disk, and
// counts the flushes. Data files are flushed by fsync, and only in checkpoints: they do not wait.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long delay; // ns
static unsigned long *flushes;

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("SLOW_DISK_NS"), *path = getenv("SLOW_DISK_COUNTER");
	int fd = path ? open(path, O_RDWR) : -1;
	void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *flushes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page != MAP_FAILED)
		flushes = page;
	if (fd >= 0)
		close(fd);
	if (text)
		delay = atol(text);
}

int fdatasync(int fd)
{
	struct timespec until;
	int result, error;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (until.tv_nsec + delay) / 1000000000;
	until.tv_nsec = (until.tv_nsec + delay) % 1000000000;
	result = syscall(SYS_fdatasync, fd);
	error = errno;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	if (flushes)
		__atomic_add_fetch(flushes, 1, __ATOMIC_RELAXED);
	errno = error;
	return result;
}
