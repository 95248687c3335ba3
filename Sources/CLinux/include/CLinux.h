/// What Swift's Glibc module hides: variadic functions and feature-gated names.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/// Asks the kernel to send this process `signal` when the thread that made it ends. 0, or -1 with `errno`.
static inline int clinux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

/// `setrlimit` under names Swift can spell: glibc declares the resource as a C enum. 0, or -1 with `errno`.
static inline int clinux_limit_data_bytes(unsigned long long bytes) {
    struct rlimit limit = {bytes, bytes};
    return setrlimit(RLIMIT_DATA, &limit);
}
static inline int clinux_limit_open_files(unsigned long long files) {
    struct rlimit limit = {files, files};
    return setrlimit(RLIMIT_NOFILE, &limit);
}
static inline int clinux_forbid_core_dumps(void) {
    struct rlimit limit = {0, 0};
    return setrlimit(RLIMIT_CORE, &limit);
}
/// Raises the soft limit of open files to the hard one; answers the new limit, or -1 with `errno`.
static inline long long clinux_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    return (long long)limit.rlim_cur;
}

/// A pipe whose two ends close on exec. 0, or -1 with `errno`.
static inline int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

/// An eventfd that closes on exec and never blocks. A descriptor, or -1 with `errno`.
static inline int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Sets or clears O_NONBLOCK (`fcntl` is variadic). 0, or -1 with `errno`.
static inline int clinux_set_nonblocking(int descriptor, int on) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}
