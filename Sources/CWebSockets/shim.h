/// libwebsockets and libuv for Swift: what does not import by itself, under names that say why.
#pragma once
#include <libwebsockets.h>
#include <sys/socket.h>
#include <uv.h>

/// Enum constants that Swift would import as a type of their own, where the C API takes plain integers.
static const int CWS_LEVELS_OF_TROUBLE = LLL_ERR | LLL_WARN;
static const int CWS_KILL_NOW = LWS_TO_KILL_SYNC;
static const int CWS_NO_LISTENER = CONTEXT_PORT_NO_LISTEN_SERVER;
static const uint64_t CWS_OPTIONS = LWS_SERVER_OPTION_LIBUV;
static const uint64_t CWS_OPTION_TLS = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;

/// Unions and flags of the adoption call. NULL: the descriptor is closed already.
static inline struct lws *cws_adopt_socket(struct lws_vhost *vhost, int descriptor, const char *protocol, int tls, void *opaque) {
    lws_adopt_desc_t adoption = {0};
    adoption.vh = vhost;
    adoption.type = LWS_ADOPT_SOCKET | (tls ? LWS_ADOPT_ALLOW_SSL : 0);
    adoption.fd.sockfd = descriptor;
    adoption.vh_prot_name = protocol;
    adoption.opaque = opaque;
    return lws_adopt_descriptor_vhost_via_info(&adoption);
}

/// `lws_write` of bytes that are not ours to change: raw, as it neither frames nor masks them. Bytes taken, or -1: close.
static inline int cws_write(struct lws *connection, const void *bytes, size_t count) {
    return lws_write(connection, (unsigned char *)bytes, count, LWS_WRITE_RAW);
}

/// Bytes that a plain socket took at once, or -1.
static inline ssize_t cws_send(int descriptor, const void *bytes, size_t count) { return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT); }

/// `lws_SHA1` is a macro where OpenSSL has the function.
static inline void cws_sha1(const void *bytes, size_t count, unsigned char digest[20]) { lws_SHA1((const unsigned char *)bytes, count, digest); }

/// After a TLS handshake libwebsockets gives its own HTTP some seconds to begin, and then closes; a raw connection has to call that off itself.
static inline void cws_clear_timeout(struct lws *connection) { lws_set_timeout(connection, NO_PENDING_TIMEOUT, 0); }

/// Closes the connection before returning; its close callback has run by then.
static inline void cws_kill(struct lws *connection) { lws_set_timeout(connection, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC); }
