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


/// `open` (variadic) for reading, closed on exec. A descriptor, or -1 with `errno`.
int clinux_open_read(const char *path);

/// `open` for writing a new, empty file, closed on exec. A descriptor, or -1 with `errno`.
int clinux_create(const char *path, unsigned mode);

/// Asks for room for `bytes` in a pipe; the kernel may give less. What it gave, or -1 with `errno`.
int clinux_pipe_capacity(int descriptor, int bytes);

/// Starts `path` with its standard streams on the three descriptors, in a process group of its own, with every other descriptor
/// closed, no signal blocked and none ignored. `argv` and `environment` end with NULL. 0, or the error number.
int clinux_spawn(const char *path, char *const argv[], char *const environment[], int input, int output, int errors, int *pid);

/// A descriptor that becomes readable when process `pid` ends; closes on exec. A descriptor, or -1 with `errno`.
int clinux_pidfd(int pid);

/// Waits for process `pid`, which has ended. Its exit status 0…255, or minus the signal that ended it; INT_MIN when it is not ours.
int clinux_reap(int pid);

/// Blocks SIGPIPE in this thread: a write to a pipe that nobody reads answers EPIPE.
void clinux_block_sigpipe(void);

/// Names this thread for `top -H`; the first 15 bytes count.
void clinux_name_thread(const char *name);

/// Lets other threads go before this one: 1 a little, 19 the most.
void clinux_nice_thread(int niceness);

/// A TCP socket that listens on `host`, an address or a name, and never blocks; accepted sockets inherit `send_buffer` bytes of SO_SNDBUF (0:
/// the system's). With `share_port` several sockets listen side by side. `bound` gets the port. A descriptor, or -1 with `reason` in words.
int clinux_listen(const char *host, unsigned short port, int share_port, int send_buffer, unsigned short *bound, const char **reason);

/// Accepts a connection that never blocks, closes on exec and sends at once; `peer` gets its address, IPv4 as ::ffff:a.b.c.d.
/// A descriptor, or minus the error number.
int clinux_accept(int listener, unsigned char peer[16]);

/// Sends what fits without waiting, then closes. For a last word to somebody who is turned away.
void clinux_send_and_close(int descriptor, const void *bytes, unsigned long count);
