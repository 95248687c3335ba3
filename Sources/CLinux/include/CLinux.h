/// What Swift's Glibc module hides: variadic functions and feature-gated names.
#pragma once

/// Asks the kernel to send this process `signal` when the thread that made it ends. 0, or -1 with `errno`.
int clinux_die_with_parent(int signal);

/// `setrlimit` under names Swift can spell: glibc declares the resource as a C enum. 0, or -1 with `errno`.
int clinux_limit_data_bytes(unsigned long long bytes);
int clinux_limit_open_files(unsigned long long files);
int clinux_forbid_core_dumps(void);
/// Raises the soft limit of open files to the hard one; answers the new limit, or -1 with `errno`.
long long clinux_raise_open_files(void);

/// A pipe whose two ends close on exec. 0, or -1 with `errno`.
int clinux_pipe(int ends[2]);

/// An eventfd that closes on exec and never blocks. A descriptor, or -1 with `errno`.
int clinux_eventfd(void);

/// Sets or clears O_NONBLOCK (`fcntl` is variadic). 0, or -1 with `errno`.
int clinux_set_nonblocking(int descriptor, int on);

