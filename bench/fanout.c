/* Many WebSocket clients that wait for the same message, or a bare server that sends it: the measure of fan-out.
 *
 *   fanout clients PORT COUNT PATH   connects and upgrades COUNT clients, prints "ready"; then for each line MARK on stdin waits until every client
 *                                    has had a frame that holds MARK, and prints the moments as JSON
 *   fanout floor PORT COUNT          an epoll loop that upgrades COUNT clients and prints "ready"; for each line "MARK BYTES" sends each of them one
 *                                    text frame of so many bytes and prints when it began: what no server can beat
 *
 * All times are nanoseconds of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Of a message's beginning, where its mark is looked for; and of an upgrade's answer. */
#define ROOM 4096
/* Seconds until a message that has not come is given up. */
#define PATIENCE 30

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int loop, int fd, void *client) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

struct client {
    int fd, upgraded, has_mark;
    /* Bytes of the header, or of the present frame, that are here; of those the first ROOM are kept. */
    size_t have, frame;
    char kept[ROOM];
};

/* The length of the frame that `kept` begins with, header included; 0 while that is not known. */
static size_t frame_length(const struct client *c) {
    const unsigned char *b = (const unsigned char *)c->kept;
    if (c->have < 2) return 0;
    size_t length = b[1] & 0x7f;
    if (length < 126) return length + 2;
    int more = length == 126 ? 2 : 8;
    if (c->have < 2 + (size_t)more) return 0;
    length = 0;
    for (int i = 0; i < more; i++) length = length << 8 | b[2 + i];
    return length + 2 + (size_t)more;
}

/* Takes bytes in. Answers how many frames ended that hold `mark`; -1 when the upgrade was refused. */
static int feed(struct client *c, const char *bytes, size_t count, const char *mark) {
    int found = 0;
    while (count > 0) {
        size_t want = 1;
        if (c->upgraded && c->frame) want = c->frame - c->have < count ? c->frame - c->have : count;
        size_t room = c->have < ROOM ? ROOM - c->have : 0;
        memcpy(c->kept + (c->have < ROOM ? c->have : 0), bytes, want < room ? want : room);
        c->have += want;
        bytes += want;
        count -= want;
        if (!c->upgraded) {
            if (c->have >= 4 && c->have <= ROOM && !memcmp(c->kept + c->have - 4, "\r\n\r\n", 4)) {
                if (memcmp(c->kept, "HTTP/1.1 101", 12)) return -1;
                c->upgraded = 1;
                c->have = c->frame = 0;
            }
            continue;
        }
        if (!c->frame) c->frame = frame_length(c);
        if (c->frame && c->have == c->frame) {
            if (mark && memmem(c->kept, c->have < ROOM ? c->have : ROOM, mark, strlen(mark))) found++;
            c->have = c->frame = 0;
        }
    }
    return found;
}

/* Reads what a client has. -1: it is lost. */
static int receive(struct client *c, const char *mark) {
    static char bytes[1 << 16];
    int found = 0;
    for (;;) {
        ssize_t n = read(c->fd, bytes, sizeof bytes);
        if (n < 0 && errno == EAGAIN) return found;
        if (n <= 0) return -1;
        int more = feed(c, bytes, (size_t)n, mark);
        if (more < 0) return -1;
        found += more;
        if ((size_t)n < sizeof bytes) return found;
    }
}

static int by_time(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Waits until each client has a frame with `mark`. */
static void await(int loop, int count, const char *mark) {
    struct epoll_event events[512];
    int64_t *times = calloc((size_t)count, sizeof *times), end = now() + (int64_t)PATIENCE * 1000000000;
    int got = 0, lost = 0;
    while (got < count && now() < end) {
        /* Never asleep: else a server that is slower than we are is charged for waking us once per message. */
        int n = epoll_wait(loop, events, 512, 0);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            int found = receive(c, mark);
            if (found < 0) {
                epoll_ctl(loop, EPOLL_CTL_DEL, c->fd, NULL);
                lost++;
            } else if (found > 0 && !c->has_mark) {
                c->has_mark = 1;
                times[got++] = now();
            }
        }
    }
    qsort(times, (size_t)got, sizeof *times, by_time);
    printf("{\"got\": %d, \"lost\": %d, \"first\": %lld, \"median\": %lld, \"last\": %lld}\n", got, lost, (long long)(got ? times[0] : 0),
           (long long)(got ? times[got / 2] : 0), (long long)(got ? times[got - 1] : 0));
    fflush(stdout);
    free(times);
}

static int clients(int port, int count, const char *path) {
    struct client *all = calloc((size_t)count, sizeof *all);
    struct sockaddr_in address = loopback(port);
    struct epoll_event events[512];
    char request[1024];
    int loop = epoll_create1(0), yes = 1, upgraded = 0;
    int length = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: plenary.v1\r\n\r\n", path);
    for (int i = 0; i < count; i++) {
        struct client *c = &all[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (write(c->fd, request, (size_t)length) != length) die("write");
        watch(loop, c->fd, c);
        /* Not more at a time than a listening queue holds. */
        while (i + 1 - upgraded > 64 || (i + 1 == count && upgraded < count)) {
            int n = epoll_wait(loop, events, 512, PATIENCE * 1000);
            if (n <= 0) die("no answer to an upgrade");
            for (int k = 0; k < n; k++) {
                struct client *one = events[k].data.ptr;
                int was = one->upgraded;
                if (receive(one, NULL) < 0) {
                    fprintf(stderr, "an upgrade was refused: %.200s\n", one->kept);
                    return 1;
                }
                upgraded += one->upgraded - was;
            }
        }
    }
    puts("ready");
    fflush(stdout);
    char line[256], mark[128];
    for (;;) {
        /* What comes meanwhile (signs of life) is read, so that nobody is a slow reader. */
        struct pollfd ready[2] = {{.fd = 0, .events = POLLIN}, {.fd = loop, .events = POLLIN}};
        poll(ready, 2, -1);
        if (ready[0].revents) {
            ssize_t n = read(0, line, sizeof line - 1);
            if (n <= 0) return 0;
            line[n] = 0;
            if (sscanf(line, "%127s", mark) != 1) continue;
            for (int i = 0; i < count; i++) all[i].has_mark = 0;
            puts("waiting");
            fflush(stdout);
            await(loop, count, mark);
        } else {
            int n = epoll_wait(loop, events, 512, 0);
            for (int k = 0; k < n; k++)
                if (receive(events[k].data.ptr, NULL) < 0) epoll_ctl(loop, EPOLL_CTL_DEL, ((struct client *)events[k].data.ptr)->fd, NULL);
        }
    }
}

static int floor_server(int port, int count) {
    int door = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = loopback(port);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&address, sizeof address) < 0 || listen(door, 1024) < 0) die("listen");
    puts("listening");
    fflush(stdout);
    int *held = calloc((size_t)count, sizeof *held);
    static char frame[1 << 17];
    char line[256], mark[128];
    const char upgrade[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    for (int i = 0; i < count; i++) {
        held[i] = accept(door, NULL, NULL);
        if (held[i] < 0 || read(held[i], frame, sizeof frame) <= 0) die("accept");
        setsockopt(held[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (write(held[i], upgrade, sizeof upgrade - 1) < 0) die("write");
        fcntl(held[i], F_SETFL, O_NONBLOCK);
    }
    puts("ready");
    fflush(stdout);
    unsigned bytes;
    while (fgets(line, sizeof line, stdin) && sscanf(line, "%127s %u", mark, &bytes) == 2) {
        if (bytes > sizeof frame - 16) bytes = sizeof frame - 16;
        size_t at = 0;
        frame[at++] = (char)0x81;
        if (bytes < 126) {
            frame[at++] = (char)bytes;
        } else if (bytes < 65536) {
            frame[at++] = 126;
            frame[at++] = (char)(bytes >> 8);
            frame[at++] = (char)bytes;
        } else {
            frame[at++] = 127;
            for (int i = 7; i >= 0; i--) frame[at++] = (char)((uint64_t)bytes >> (8 * i));
        }
        memset(frame + at, 'x', bytes);
        memcpy(frame + at, mark, strlen(mark) < bytes ? strlen(mark) : bytes);
        int64_t released = now();
        for (int i = 0; i < count; i++)
            if (write(held[i], frame, at + bytes) != (ssize_t)(at + bytes)) die("write");
        printf("{\"released\": %lld}\n", (long long)released);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (argc == 5 && !strcmp(argv[1], "clients")) return clients(atoi(argv[2]), atoi(argv[3]), argv[4]);
    if (argc == 4 && !strcmp(argv[1], "floor")) return floor_server(atoi(argv[2]), atoi(argv[3]));
    fprintf(stderr, "usage: fanout clients PORT COUNT PATH | fanout floor PORT COUNT\n");
    return 2;
}
