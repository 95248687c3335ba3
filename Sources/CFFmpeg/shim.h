/// What libav's headers hide from Swift: macros with casts, variadic functions, and what differs between 5.1 and 7.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavformat/avio.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
#include <stdarg.h>
#include <stdio.h>

static const int CFF_ERROR_EOF = AVERROR_EOF;
static const int CFF_ERROR_EAGAIN = AVERROR(EAGAIN);
static const int CFF_ERROR_EXIT = AVERROR_EXIT;
static const int CFF_ERROR_INVALIDDATA = AVERROR_INVALIDDATA;
static const int CFF_ERROR_EIO = AVERROR(EIO);
static const int CFF_ERROR_ENOMEM = AVERROR(ENOMEM);
static const int64_t CFF_NOPTS = AV_NOPTS_VALUE;
static const int CFF_INPUT_PADDING = AV_INPUT_BUFFER_PADDING_SIZE;

/// libav's message for an error code.
static inline const char *cff_strerror(int code, char *buffer, size_t size) {
    av_strerror(code, buffer, size);
    return buffer;
}

/// A line of libav's log, formatted. Called on whichever thread libav logs from.
typedef void (*cff_log_line)(int level, const char *line);

static cff_log_line *cff_log_slot(void) {
    static cff_log_line slot = NULL;
    return &slot;
}

static inline void cff_log_forward(void *source, int level, const char *format, va_list arguments) {
    if (level > av_log_get_level()) return;
    cff_log_line sink = *cff_log_slot();
    if (!sink) return;
    char line[1024];
    int prefix = 1;
    av_log_format_line2(source, level, format, arguments, line, sizeof line, &prefix);
    sink(level, line);
}

/// Sends libav's log lines to `sink` (`av_log` callbacks take a va_list, which Swift cannot).
static inline void cff_set_log_sink(cff_log_line sink) {
    *cff_log_slot() = sink;
    av_log_set_callback(cff_log_forward);
}

static const int CFF_ERROR_UNAUTHORIZED = AVERROR_HTTP_UNAUTHORIZED;
static const int CFF_ERROR_FORBIDDEN = AVERROR_HTTP_FORBIDDEN;
static const int CFF_ERROR_NOT_FOUND = AVERROR_HTTP_NOT_FOUND;
static const int CFF_ERROR_TIMEDOUT = AVERROR(ETIMEDOUT);

/// The number of channels of coded audio, before and after libavcodec's change of layouts.
static inline int cff_channels(const AVCodecParameters *parameters) { return parameters->ch_layout.nb_channels; }
static inline int cff_frame_channels(const AVFrame *frame) { return frame->ch_layout.nb_channels; }
static inline void cff_set_channels(AVCodecParameters *parameters, int channels) {
    av_channel_layout_uninit(&parameters->ch_layout);
    av_channel_layout_default(&parameters->ch_layout, channels);
}
static inline void cff_set_encoder_channels(AVCodecContext *encoder, int channels) {
    av_channel_layout_uninit(&encoder->ch_layout);
    av_channel_layout_default(&encoder->ch_layout, channels);
}
static inline void cff_set_frame_channels(AVFrame *frame, int channels) {
    av_channel_layout_uninit(&frame->ch_layout);
    av_channel_layout_default(&frame->ch_layout, channels);
}

/// A resampler from a frame's format to `channels` planar floats at `rate`. 0, or a negative error.
static inline int cff_resampler(SwrContext **context, const AVFrame *from, int channels, int rate) {
    AVChannelLayout out;
    av_channel_layout_default(&out, channels);
    AVChannelLayout in;
    if (from->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&in, from->ch_layout.nb_channels);
    else if (av_channel_layout_copy(&in, &from->ch_layout) < 0) return AVERROR(ENOMEM);
    int result = swr_alloc_set_opts2(context, &out, AV_SAMPLE_FMT_FLTP, rate, &in, from->format, from->sample_rate, 0, NULL);
    av_channel_layout_uninit(&in);
    return result < 0 ? result : swr_init(*context);
}

/// A read-only stream over a callback. The callback's buffer argument is `uint8_t *` in 5.1 and in 7.
static inline AVIOContext *cff_reader(void *owner, int size, int (*read)(void *, uint8_t *, int)) {
    unsigned char *buffer = av_malloc(size);
    if (!buffer) return NULL;
    AVIOContext *io = avio_alloc_context(buffer, size, 0, owner, read, NULL, NULL);
    if (!io) av_free(buffer);
    return io;
}
static inline void cff_free_reader(AVIOContext *io) {
    if (!io) return;
    av_freep(&io->buffer);
    avio_context_free(&io);
}
