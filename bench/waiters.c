/* Many clients that wait for one answer each, or a bare server that gives it: the measure of releasing blocked requests.
 *
 *   waiters wait PORT COUNT PATH    connects, sends one GET on each, prints "sent", waits for all answers, prints them as JSON
 *   waiters floor PORT COUNT BYTES  an epoll loop that holds COUNT requests, then writes the same answer to each: what no server can beat
 *
 * All times are nanoseconds of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADER_ROOM 2048

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

struct client {
    int fd, status;
    /* Bytes read; of the header while `length` is 0, of the whole answer afterwards. */
    size_t have, length;
    int64_t answered;
    char header[HEADER_ROOM];
};

/* Learns the answer's whole length from its header. */
static void look_at_header(struct client *c) {
    size_t shown = c->have < HEADER_ROOM - 1 ? c->have : HEADER_ROOM - 1;
    c->header[shown] = 0;
    char *end = strstr(c->header, "\r\n\r\n");
    if (!end) return;
    char *field = strcasestr(c->header, "\r\ncontent-length:");
    c->status = atoi(c->header + 9);
    c->length = (size_t)(end + 4 - c->header) + (field ? strtoul(field + 17, NULL, 10) : 0);
}

/* Returns whether the answer is complete, or will never be. */
static int take(struct client *c) {
    static char body[1 << 16];
    for (;;) {
        int in_header = c->length == 0 && c->have < HEADER_ROOM - 1;
        char *to = in_header ? c->header + c->have : body;
        ssize_t n = read(c->fd, to, in_header ? HEADER_ROOM - 1 - c->have : sizeof body);
        if (n < 0 && errno == EAGAIN) return 0;
        if (n <= 0) return 1;
        c->have += (size_t)n;
        if (c->length == 0) look_at_header(c);
        if (c->length != 0 && c->have >= c->length) {
            c->answered = now();
            return 1;
        }
    }
}

static int by_time(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int wait_for_answers(int port, int count, const char *path) {
    struct client *clients = calloc((size_t)count, sizeof *clients);
    struct sockaddr_in address = loopback(port);
    char request[1024];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    int loop = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
        if (write(fd, request, (size_t)length) != length) die("write");
        fcntl(fd, F_SETFL, O_NONBLOCK);
        clients[i].fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
    }
    puts("sent");
    fflush(stdout);
    struct epoll_event events[256];
    for (int left = count; left > 0;) {
        int n = epoll_wait(loop, events, 256, 20000);
        if (n <= 0) break;
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;
            if (!take(c)) continue;
            epoll_ctl(loop, EPOLL_CTL_DEL, c->fd, NULL);
            left--;
        }
    }
    int64_t *times = calloc((size_t)count, sizeof *times);
    int answered = 0, good = 0;
    for (int i = 0; i < count; i++) {
        if (clients[i].answered) times[answered++] = clients[i].answered;
        good += clients[i].answered && clients[i].status == 200;
    }
    qsort(times, (size_t)answered, sizeof *times, by_time);
    printf("{\"answered\": %d, \"good\": %d, \"bytes\": %zu, \"first\": %lld, \"median\": %lld, \"last\": %lld}\n", answered, good,
           clients[0].length, (long long)(answered ? times[0] : 0), (long long)(answered ? times[answered / 2] : 0),
           (long long)(answered ? times[answered - 1] : 0));
    return answered == count ? 0 : 1;
}

static int floor_server(int port, int count, size_t bytes) {
    char *answer = malloc(bytes + 256);
    int header = sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", bytes);
    memset(answer + header, 'x', bytes);
    int door = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = loopback(port);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&address, sizeof address) < 0 || listen(door, 1024) < 0) die("listen");
    puts("ready");
    fflush(stdout);
    int *held = calloc((size_t)count, sizeof *held);
    char request[1024];
    for (int i = 0; i < count; i++) {
        held[i] = accept(door, NULL, NULL);
        if (held[i] < 0 || read(held[i], request, sizeof request) <= 0) die("accept");
        setsockopt(held[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    usleep(300000);
    int64_t released = now();
    for (int i = 0; i < count; i++)
        if (write(held[i], answer, (size_t)header + bytes) < 0) die("write");
    printf("{\"released\": %lld}\n", (long long)released);
    fflush(stdout);
    /* Until the clients have gone. */
    while (read(held[count - 1], request, sizeof request) > 0) {}
    return 0;
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (argc == 5 && !strcmp(argv[1], "wait")) return wait_for_answers(atoi(argv[2]), atoi(argv[3]), argv[4]);
    if (argc == 5 && !strcmp(argv[1], "floor")) return floor_server(atoi(argv[2]), atoi(argv[3]), strtoul(argv[4], NULL, 10));
    fprintf(stderr, "usage: waiters wait PORT COUNT PATH | waiters floor PORT COUNT BYTES\n");
    return 2;
}
