/* Disturbs a program at one of its changes to files: at the call with the number KILL_AT the process is killed, at the
 * call with the number FAIL_AT the call fails as on a full disk. Calls are counted from 1. For LD_PRELOAD on Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

/* Says that the call was reached, by creating the file that DISTURBED names. */
static void reached(void) {
    const char *mark = getenv("DISTURBED");
    if (mark) syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
}

/* Whether the call that comes is to fail. */
static int disturbed(void) {
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (call == number("KILL_AT")) {
        kill(getpid(), SIGKILL);
        pause();
    }
    if (call == number("FAIL_AT")) {
        reached();
        errno = ENOSPC;
        return 1;
    }
    return 0;
}

static int on_disk(int file) {
    struct stat found;
    return syscall(SYS_fstat, file, &found) == 0 && S_ISREG(found.st_mode);
}

ssize_t write(int file, const void *bytes, size_t size) {
    if (on_disk(file) && disturbed()) return -1;
    return syscall(SYS_write, file, bytes, size);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (on_disk(file) && disturbed()) return -1;
    return syscall(SYS_writev, file, parts, count);
}

static int open_file(int folder, const char *path, int flags, mode_t mode) {
    if ((flags & O_CREAT) && disturbed()) return -1;
    return syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE(flags)                 \
    mode_t mode = 0;                \
    if ((flags) & O_CREAT) {        \
        va_list more;               \
        va_start(more, flags);      \
        mode = va_arg(more, int);   \
        va_end(more);               \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags)
    return open_file(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE(flags)
    return open_file(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE(flags)
    return open_file(folder, path, flags | O_LARGEFILE, mode);
}

int mkdir(const char *path, mode_t mode) {
    return disturbed() ? -1 : syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to) {
    return disturbed() ? -1 : syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Deleting fails on no full disk, so that these can only be the place of a kill. */
static int delete_at(int folder, const char *path, int flags) {
    if (number("KILL_AT")) disturbed();
    return syscall(SYS_unlinkat, folder, path, flags);
}

int unlink(const char *path) { return delete_at(AT_FDCWD, path, 0); }

int rmdir(const char *path) { return delete_at(AT_FDCWD, path, AT_REMOVEDIR); }

int unlinkat(int folder, const char *path, int flags) { return delete_at(folder, path, flags); }

int fsync(int file) { return disturbed() ? -1 : syscall(SYS_fsync, file); }

int fdatasync(int file) { return disturbed() ? -1 : syscall(SYS_fdatasync, file); }

int ftruncate(int file, off_t size) { return disturbed() ? -1 : syscall(SYS_ftruncate, file, size); }

int ftruncate64(int file, off64_t size) { return disturbed() ? -1 : syscall(SYS_ftruncate, file, size); }
