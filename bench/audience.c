/* Many players of one low-latency stream, each on a connection of HTTP/2 over TLS, and each with a WebSocket beside it.
 *
 *   audience block PORT COUNT SECONDS HALL EVENTS    players of RFC 8216bis: the blocking playlist, then the part that it names, and so on
 *   audience poll PORT COUNT SECONDS HALL MS         players that ask for the playlist every MS milliseconds, and for a part that is new
 *
 * PORT and EVENTS (0: no WebSockets) are on 127.0.0.1. Prints "ready" when all are connected, "begin" and "end" around the time that counts, then a
 * line of JSON. A part is there when the first player has the playlist that names it. Two figures are made of when a player has its last byte:
 * `after`, the time since the part was there, in which everybody else is served as well; and `late`, by how much that is more than the player's
 * own median: what its buffer has to bear, for a delay that is always the same only puts its picture further back.
 * Players do not read playlists: one more of them does, and tells the others the part's name; those that poll look for the last name themselves.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 4096
#define NAME 64
/* Bytes of a playlist that are kept: the last lines name the newest part. */
#define PLAYLIST 65536
/* Rounds at the beginning that do not count: everybody comes at once. */
#define WARM_UP 3

enum asked { NOTHING, FOR_PLAYLIST, FOR_PART };

struct player {
    SSL *ssl;
    nghttp2_session *http;
    int fd, is_leader, is_stopped;
    enum asked asked;
    int status;
    /* The round that it is in: its playlist, then its part. */
    int round;
    /* Milliseconds after each part that counts. */
    float *after;
    size_t samples, room;
    /* Of the leader's playlists and of those that poll. */
    char *text;
    size_t length;
    struct player *next_waiting;
};

struct listener {
    SSL *ssl;
    int fd;
    /* Bytes left of the frame under way, and its header as far as it is there. */
    uint64_t left;
    unsigned char head[24];
    size_t have;
    int votes, is_upgraded, line_feeds;
};

/* What epoll is told: a player or a listener. */
struct place {
    int is_listener;
    union { struct player *player; struct listener *listener; };
};

static const char *hall;
static int is_polling, count, epoll;
static int64_t avail[ROUNDS];
static char name[ROUNDS][NAME];
static struct player *waiting[ROUNDS];
/* The newest round that has a name. */
static int newest = -1;
static long missed, votes, failures, unfinished_polls;
static int64_t counting_since, counting_until;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what) {
    fprintf(stderr, "audience: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0) die("no socket: raise the limit of open files");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static SSL *shake_hands(SSL_CTX *context, int fd) {
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) != 1) die("no TLS");
    return ssl;
}

static void watch(int fd, struct place place) {
    struct place *kept = malloc(sizeof *kept);
    *kept = place;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = kept};
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll");
}

/* — one player — */

static void send_all(struct player *p) {
    const uint8_t *bytes;
    for (;;) {
        ssize_t n = nghttp2_session_mem_send(p->http, &bytes);
        if (n < 0) die("nghttp2 cannot send");
        if (n == 0) return;
        /* Requests are short: the socket always has room for one, or soon. */
        for (int sent; (sent = SSL_write(p->ssl, bytes, (int)n)) <= 0;) {
            if (SSL_get_error(p->ssl, sent) != SSL_ERROR_WANT_WRITE) die("the server closed a player's connection");
        }
    }
}

#define FIELD(n, v, l) {(uint8_t *)(n), (uint8_t *)(v), sizeof(n) - 1, (l), NGHTTP2_NV_FLAG_NONE}

static void ask(struct player *p, enum asked what, const char *path) {
    nghttp2_nv fields[] = {
        FIELD(":method", "GET", 3), FIELD(":scheme", "https", 5), FIELD(":authority", "localhost", 9), FIELD(":path", path, strlen(path)),
        FIELD("accept", "*/*", 3), FIELD("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 70),
        FIELD("accept-encoding", "gzip, deflate, br", 17),
    };
    p->asked = what;
    p->status = 0;
    p->length = 0;
    /* Whoever reads the playlist asks for it as it is; so do those that poll, for nginx has it no other way. */
    size_t all = sizeof fields / sizeof *fields;
    if (nghttp2_submit_request(p->http, NULL, fields, p->text ? all - 1 : all, NULL, NULL) < 0) die("nghttp2 cannot ask");
    send_all(p);
}

static void ask_for_part(struct player *p) {
    char path[160];
    snprintf(path, sizeof path, "/live/%s/%s", hall, name[p->round]);
    ask(p, FOR_PART, path);
}

static void ask_for_playlist(struct player *p) {
    char path[160];
    int sequence = 0, part = 0;
    if (is_polling || p->round == 0) {
        snprintf(path, sizeof path, "/live/%s/main.m3u8", hall);
    } else {
        /* One part further than the last; past a segment's end that is the next segment's first (RFC 8216bis §6.2.5.2). */
        sscanf(name[p->round - 1], "s%d.%d.", &sequence, &part);
        snprintf(path, sizeof path, "/live/%s/main.m3u8?_HLS_msn=%d&_HLS_part=%d", hall, sequence, part + 1);
    }
    ask(p, FOR_PLAYLIST, path);
}

/* The last part that a playlist names. */
static int find_name(struct player *p, char *found) {
    p->text[p->length < PLAYLIST ? p->length : PLAYLIST - 1] = 0;
    char *last = NULL, *at = p->text;
    while ((at = strstr(at, "#EXT-X-PART:"))) last = at++;
    char *uri = last ? strstr(last, "URI=\"") : NULL;
    if (!uri || sscanf(uri + 5, "%63[^\"]", found) != 1) return 0;
    return 1;
}

static void has_part(struct player *p, int64_t at) {
    int64_t after = at - avail[p->round];
    if (p->status != 200) failures++;
    if (p->round >= WARM_UP && avail[p->round] >= counting_since && avail[p->round] < counting_until) {
        if (p->samples == p->room) p->after = realloc(p->after, (p->room = p->room ? p->room * 2 : 32) * sizeof *p->after);
        p->after[p->samples++] = (float)after / 1e6f;
    }
}

static void begin_round(int round, const char *its_name, int64_t at) {
    if (round >= ROUNDS) die("too many rounds");
    if (avail[round] == 0) avail[round] = at;
    strcpy(name[round], its_name);
    newest = round;
    for (struct player *one = waiting[round]; one; one = one->next_waiting) ask_for_part(one);
    waiting[round] = NULL;
}

static void has_playlist(struct player *p, int64_t at) {
    if (p->status != 200) {
        failures++;
        fprintf(stderr, "audience: a playlist was answered %d\n", p->status);
    }
    char found[NAME];
    if (is_polling) {
        if (!find_name(p, found)) return;
        if (newest < 0 || strcmp(found, name[newest]) != 0) begin_round(newest + 1, found, at);
        if (p->round == newest && p->length) return;
        if (p->round >= 0 && newest > p->round + 1 && counting_since) missed += newest - p->round - 1;
        p->round = newest;
        ask_for_part(p);
        return;
    }
    if (avail[p->round] == 0) avail[p->round] = at;
    if (p->is_leader) {
        if (!find_name(p, found)) die("a playlist names no part");
        begin_round(p->round, found, at);
        p->round++;
        if (!p->is_stopped) ask_for_playlist(p);
    } else if (newest >= p->round) {
        ask_for_part(p);
    } else {
        p->next_waiting = waiting[p->round];
        waiting[p->round] = p;
    }
}

static int on_header(nghttp2_session *s, const nghttp2_frame *f, const uint8_t *n, size_t nl, const uint8_t *v, size_t vl, uint8_t flags, void *data) {
    (void)s, (void)f, (void)flags;
    if (nl == 7 && vl == 3 && memcmp(n, ":status", 7) == 0) ((struct player *)data)->status = (v[0] - '0') * 100 + (v[1] - '0') * 10 + v[2] - '0';
    return 0;
}

static int on_data(nghttp2_session *s, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length, void *data) {
    (void)s, (void)flags, (void)id;
    struct player *p = data;
    if (p->text && p->asked == FOR_PLAYLIST && p->length + length < PLAYLIST) memcpy(p->text + p->length, bytes, length);
    p->length += length;
    return 0;
}

/* Asked after the callbacks of nghttp2 have returned. */
static struct player *ended;

static int on_close(nghttp2_session *s, int32_t id, uint32_t code, void *data) {
    (void)s, (void)id;
    if (code != 0) failures++;
    ended = data;
    return 0;
}

static void read_player(struct player *p) {
    static uint8_t buffer[1 << 16];
    for (;;) {
        int n = SSL_read(p->ssl, buffer, sizeof buffer);
        if (n <= 0) {
            int error = SSL_get_error(p->ssl, n);
            if (error == SSL_ERROR_WANT_READ) break;
            die("a server closed a player's connection");
        }
        ended = NULL;
        if (nghttp2_session_mem_recv(p->http, buffer, (size_t)n) < 0) die("nghttp2 cannot read");
        if (ended != p) continue;
        int64_t at = now();
        enum asked was = p->asked;
        p->asked = NOTHING;
        if (was == FOR_PLAYLIST) {
            has_playlist(p, at);
        } else {
            has_part(p, at);
            if (!is_polling) {
                p->round++;
                if (!p->is_stopped) ask_for_playlist(p);
            }
        }
    }
    send_all(p);
}

static struct player *new_player(SSL_CTX *context, int port, int is_leader) {
    static nghttp2_session_callbacks *callbacks;
    if (!callbacks) {
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    }
    struct player *p = calloc(1, sizeof *p);
    p->fd = connect_to(port);
    p->ssl = shake_hands(context, p->fd);
    p->is_leader = is_leader;
    if (is_polling) p->round = -1;
    if (is_leader || is_polling) p->text = malloc(PLAYLIST);
    if (nghttp2_session_client_new(&p->http, callbacks, p) != 0) die("no memory");
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}, {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
    nghttp2_submit_settings(p->http, NGHTTP2_FLAG_NONE, settings, 2);
    nghttp2_session_set_local_window_size(p->http, NGHTTP2_FLAG_NONE, 0, 1 << 24);
    send_all(p);
    watch(p->fd, (struct place){.player = p});
    return p;
}

/* — one listener of the votes — */

static void take_frames(struct listener *l, const unsigned char *bytes, size_t length) {
    while (length > 0) {
        if (!l->is_upgraded) {
            l->line_feeds = *bytes == '\n' ? l->line_feeds + 1 : *bytes == '\r' ? l->line_feeds : 0;
            l->is_upgraded = l->line_feeds == 2;
            bytes++, length--;
        } else if (l->left > 0) {
            uint64_t taken = l->left < length ? l->left : length;
            /* The first bytes of a message say what it is. */
            for (uint64_t i = 0; i < taken && l->have < sizeof l->head; i++) l->head[l->have++] = bytes[i];
            bytes += taken, length -= taken, l->left -= taken;
            if (l->left == 0) {
                if (l->have > 20 && memmem(l->head, l->have, "{\"after\"", 8)) votes++, l->votes++;
                l->have = 0;
            }
        } else {
            l->head[l->have++] = *bytes++, length--;
            size_t size = l->have < 2 ? 2 : (l->head[1] & 127) == 126 ? 4 : (l->head[1] & 127) == 127 ? 10 : 2;
            if (l->have < 2 || l->have < size) continue;
            if (size == 2) l->left = l->head[1] & 127;
            for (size_t i = 2; i < size; i++) l->left = l->left << 8 | l->head[i];
            if (l->left == 0) l->have = 0;
        }
    }
}

static void read_listener(struct listener *l) {
    static unsigned char buffer[1 << 16];
    for (;;) {
        int n = SSL_read(l->ssl, buffer, sizeof buffer);
        if (n <= 0) {
            if (SSL_get_error(l->ssl, n) == SSL_ERROR_WANT_READ) return;
            die("the server closed a WebSocket");
        }
        take_frames(l, buffer, (size_t)n);
    }
}

static void new_listener(SSL_CTX *context, int port) {
    struct listener *l = calloc(1, sizeof *l);
    l->fd = connect_to(port);
    l->ssl = shake_hands(context, l->fd);
    char text[512];
    int length = snprintf(
        text, sizeof text, "GET /live/%s/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: plenary.v1\r\n\r\n", hall);
    if (SSL_write(l->ssl, text, length) != length) die("no WebSocket");
    watch(l->fd, (struct place){.is_listener = 1, .listener = l});
}

/* — all of them — */

static int rising(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void print_figures(const char *what, const float *sorted, size_t n) {
    printf("\"%s\": {\"p50\": %.2f, \"p99\": %.2f, \"most\": %.2f}, ", what, n ? sorted[n / 2] : -1, n ? sorted[n * 99 / 100] : -1, n ? sorted[n - 1] : -1);
}

static double own_cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void turn(int timeout) {
    struct epoll_event events[512];
    int n = epoll_wait(epoll, events, 512, timeout);
    for (int i = 0; i < n; i++) {
        struct place *place = events[i].data.ptr;
        if (place->is_listener) read_listener(place->listener);
        else read_player(place->player);
    }
}

static SSL_CTX *new_context(const char *protocol) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (protocol) SSL_CTX_set_alpn_protos(context, (const unsigned char *)protocol, (unsigned)strlen(protocol));
    return context;
}

int main(int argc, char **argv) {
    if (argc != 7 || (strcmp(argv[1], "block") && strcmp(argv[1], "poll"))) {
        fprintf(stderr, "audience block PORT COUNT SECONDS HALL EVENTS | audience poll PORT COUNT SECONDS HALL MS\n");
        return 2;
    }
    is_polling = !strcmp(argv[1], "poll");
    int port = atoi(argv[2]), last = atoi(argv[6]);
    count = atoi(argv[3]);
    double seconds = atof(argv[4]);
    hall = argv[5];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < (rlim_t)count * 2 + 100) fprintf(stderr, "audience: %ld open files are too few\n", (long)limit.rlim_cur), exit(1);
    if ((epoll = epoll_create1(EPOLL_CLOEXEC)) < 0) die("epoll");
    SSL_CTX *http = new_context("\x02h2"), *plain = new_context(NULL);
    struct player **players = calloc((size_t)count, sizeof *players);
    for (int i = 0; i < count; i++) {
        players[i] = new_player(http, port, 0);
        if (!is_polling && last) new_listener(plain, last);
        turn(0);
    }
    struct player *leader = is_polling ? NULL : new_player(http, port, 1);
    for (int64_t end = now() + 500000000; now() < end;) turn(50);
    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF) return 1;

    int64_t start = now(), polls = 0, interval = (int64_t)last * 1000000;
    if (leader) {
        ask_for_playlist(leader);
        while (newest < 0) turn(10);
        for (int i = 0; i < count; i++) {
            players[i]->round = 1;
            ask_for_playlist(players[i]);
        }
    }
    counting_since = start + 3000000000;
    counting_until = counting_since + (int64_t)(seconds * 1e9);
    int64_t end = counting_until + 2000000000;
    double cpu_at_start = 0, cpu = 0;
    int marks = 0;
    for (int64_t t; (t = now()) < end;) {
        if (marks == 0 && t >= counting_since) marks = 1, cpu_at_start = own_cpu(), printf("begin\n"), fflush(stdout);
        if (marks == 1 && t >= counting_until) marks = 2, cpu = own_cpu() - cpu_at_start, printf("end\n"), fflush(stdout);
        if (!is_polling) {
            turn(20);
            continue;
        }
        /* Each at its own moment within the interval. */
        while (start + polls / count * interval + polls % count * interval / count <= t) {
            struct player *p = players[polls++ % count];
            if (p->asked != NOTHING) unfinished_polls++;
            else ask_for_playlist(p);
        }
        turn(1);
    }
    size_t samples = 0, least = SIZE_MAX;
    for (int i = 0; i < count; i++) samples += players[i]->samples, least = players[i]->samples < least ? players[i]->samples : least;
    float *after = calloc(samples + 1, sizeof *after), *late = calloc(samples + 1, sizeof *late);
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        struct player *p = players[i];
        qsort(p->after, p->samples, sizeof *p->after, rising);
        for (size_t k = 0; k < p->samples; k++, at++) after[at] = p->after[k], late[at] = p->after[k] - p->after[p->samples / 2];
    }
    qsort(after, samples, sizeof *after, rising);
    qsort(late, samples, sizeof *late, rising);
    printf("{\"samples\": %zu, \"fewest\": %zu, ", samples, least);
    print_figures("after", after, samples);
    print_figures("late", late, samples);
    printf("\"missed\": %ld, \"failures\": %ld, \"unfinished_polls\": %ld, \"votes\": %ld, \"rounds\": %d, \"busy\": %.3f}\n", missed, failures,
           unfinished_polls, votes, newest, cpu / seconds);
    return 0;
}
