/* Takes mail as fast as a server can and throws it away, counting: what the clients are measured with.
 *
 *   sink [--no-pipelining] [--chunking] [--delay MICROSECONDS] [--certificate FILE]
 *
 * Prints "PORT CONTROL" and serves both on 127.0.0.1 until its standard input ends. A connection to
 * CONTROL is answered with one line, the counts since the last such question, which begins a new count:
 *
 *   connections=N messages=N recipients=N octets=N checksum=N
 *
 * Octets are those of the messages without the dots that protected them; the checksum is the sum of
 * their Adler-32 values. --delay keeps the replies to whatever could be read at once for that long:
 * a round trip, as a client feels it. --certificate (chain and key in one file) offers STARTTLS.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif
#include "message.h"

enum { ROOM = 1 << 18 };
enum mode { COMMANDS, DATA, CHUNK };

struct batch { /* replies that leave together, not before they are due */
  uint64_t due;
  size_t size;
  struct batch *next;
  char text[];
};

struct connection {
  int fd;
  enum mode mode;
  struct message message;
  int last_chunk, quits, encrypts, listening_out;
  uint64_t chunk_left, recipients;
  struct batch *first, **last;
  size_t written;       /* of the first batch */
  size_t filled;
  char *replies;        /* to what is being read now */
  size_t replied, reply_room;
  struct connection *next, *previous;
#ifdef WITH_TLS
  SSL *tls;
#endif
  uint8_t input[ROOM];
};

static struct { uint64_t connections, messages, recipients, octets, checksum; } counts;
static struct connection *everyone;
static uint64_t delay;
static int pipelining = 1, chunking, epoll, timer;
static const char *certificate;
#ifdef WITH_TLS
static SSL_CTX *context;
#endif

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* --- messages --------------------------------------------------------------------------------- */

static void reply(struct connection *c, const char *text) {
  size_t n = strlen(text);
  if (c->replied + n > c->reply_room) {
    c->reply_room = 2 * (c->replied + n);
    c->replies = realloc(c->replies, c->reply_room);
    if (!c->replies) fail("realloc");
  }
  memcpy(c->replies + c->replied, text, n);
  c->replied += n;
}

static void end_message(struct connection *c) {
  counts.messages++;
  counts.recipients += c->recipients;
  counts.octets += c->message.octets;
  counts.checksum += ((uint64_t)c->message.high << 16) | c->message.low;
  c->recipients = 0;
  c->mode = COMMANDS;
  reply(c, "250 2.0.0 Ok: queued as SINK\r\n");
}

static size_t read_chunk(struct connection *c, const uint8_t *p, size_t n) {
  size_t size = n < c->chunk_left ? n : (size_t)c->chunk_left;
  take(&c->message, p, size);
  c->chunk_left -= size;
  if (c->chunk_left) return size;
  if (c->last_chunk)
    end_message(c);
  else {
    c->mode = COMMANDS;
    reply(c, "250 2.0.0 Ok\r\n");
  }
  return size;
}

/* --- commands --------------------------------------------------------------------------------- */

static int says(const char *line, const char *verb) {
  return strncasecmp(line, verb, strlen(verb)) == 0;
}

static void obey(struct connection *c, const char *line) {
  if (says(line, "RCPT")) {
    c->recipients++;
    reply(c, "250 2.1.5 Ok\r\n");
  } else if (says(line, "MAIL")) {
    c->recipients = 0;
    begin(&c->message);
    reply(c, "250 2.1.0 Ok\r\n");
  } else if (says(line, "DATA")) {
    c->mode = DATA;
    reply(c, "354 End data with <CR><LF>.<CR><LF>\r\n");
  } else if (says(line, "BDAT ") && chunking) {
    char *end;
    c->chunk_left = strtoull(line + 5, &end, 10);
    c->last_chunk = strcasestr(end, "LAST") != NULL;
    c->mode = CHUNK;
    read_chunk(c, NULL, 0);
  } else if (says(line, "EHLO")) {
    reply(c, "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n");
    if (pipelining) reply(c, "250-PIPELINING\r\n");
    if (chunking) reply(c, "250-CHUNKING\r\n");
    if (certificate) reply(c, "250-STARTTLS\r\n");
    reply(c, "250 SIZE 1073741824\r\n");
  } else if (says(line, "STARTTLS") && certificate) {
    c->encrypts = 1;
    reply(c, "220 2.0.0 Ready to start TLS\r\n");
  } else if (says(line, "QUIT")) {
    c->quits = 1;
    reply(c, "221 2.0.0 Bye\r\n");
  } else if (says(line, "HELO") || says(line, "RSET") || says(line, "NOOP")) {
    c->recipients = 0;
    reply(c, "250 2.0.0 Ok\r\n");
  } else {
    reply(c, "502 5.5.2 Error: command not recognized\r\n");
  }
}

/* --- a connection ----------------------------------------------------------------------------- */

static void end(struct connection *c) {
#ifdef WITH_TLS
  if (c->tls) SSL_free(c->tls);
#endif
  close(c->fd);
  while (c->first) {
    struct batch *gone = c->first;
    c->first = gone->next;
    free(gone);
  }
  if (c->previous) c->previous->next = c->next; else everyone = c->next;
  if (c->next) c->next->previous = c->previous;
  free(c->replies);
  free(c);
}

static ssize_t get(struct connection *c, void *to, size_t n) {
#ifdef WITH_TLS
  if (c->tls) {
    ERR_clear_error(); /* another connection's */
    int got = SSL_read(c->tls, to, (int)n);
    if (got > 0) return got;
    int why = SSL_get_error(c->tls, got);
    errno = EAGAIN;
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? -1 : 0;
  }
#endif
  return read(c->fd, to, n);
}

static ssize_t put(struct connection *c, const void *from, size_t n) {
#ifdef WITH_TLS
  if (c->tls) {
    ERR_clear_error();
    int gone = SSL_write(c->tls, from, (int)n);
    if (gone > 0) return gone;
    int why = SSL_get_error(c->tls, gone);
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
    return -1;
  }
#endif
  return send(c->fd, from, n, MSG_NOSIGNAL);
}

/* Writes what is due; returns 0 if the connection has ended with it. */
static int flush(struct connection *c) {
  while (c->first && (!delay || c->first->due <= now())) {
    struct batch *b = c->first;
    ssize_t gone = put(c, b->text + c->written, b->size - c->written);
    if (gone < 0 && errno != EAGAIN) return end(c), 0;
    if (gone > 0) c->written += (size_t)gone;
    int waits = c->written < b->size;
    if (waits != c->listening_out) {
      struct epoll_event e = {EPOLLIN | (waits ? EPOLLOUT : 0), {.ptr = c}};
      epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &e);
      c->listening_out = waits;
    }
    if (waits) return 1;
    c->first = b->next;
    c->written = 0;
    free(b);
    if (!c->first) c->last = &c->first;
  }
  if (c->first) return 1;
#ifdef WITH_TLS
  if (c->encrypts && !c->tls) {
    c->tls = SSL_new(context);
    SSL_set_fd(c->tls, c->fd);
    SSL_set_accept_state(c->tls);
    c->encrypts = 0;
  }
#endif
  if (c->quits) return end(c), 0;
  return 1;
}

static void keep_replies(struct connection *c) {
  if (!c->replied) return;
  struct batch *b = malloc(sizeof *b + c->replied);
  if (!b) fail("malloc");
  *b = (struct batch){delay ? now() + delay : 0, c->replied, NULL};
  memcpy(b->text, c->replies, c->replied);
  c->replied = 0;
  *c->last = b;
  c->last = &b->next;
}

/* Reads once and answers all that is complete; returns 0 if nothing could be read now or any more. */
static int hear(struct connection *c) {
  ssize_t got = get(c, c->input + c->filled, ROOM - c->filled);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) end(c);
    return 0;
  }
  c->filled += (size_t)got;
  size_t at = 0;
  while (at < c->filled && !c->quits && !c->encrypts) {
    uint8_t *p = c->input + at;
    size_t n = c->filled - at, taken;
    if (c->mode == DATA) {
      int complete = 0;
      taken = read_data(&c->message, p, n, &complete);
      if (complete) end_message(c);
    } else if (c->mode == CHUNK)
      taken = read_chunk(c, p, n);
    else {
      uint8_t *line_end = memchr(p, '\n', n);
      taken = line_end ? (size_t)(line_end - p) + 1 : 0;
      if (line_end) *line_end = 0, obey(c, (char *)p);
    }
    if (!taken) break;
    at += taken;
  }
  memmove(c->input, c->input + at, c->filled -= at);
  keep_replies(c);
  return c->filled < ROOM ? flush(c) : (end(c), 0);
}

static void hear_all(struct connection *c) {
#ifdef WITH_TLS
  /* OpenSSL may hold what epoll no longer tells of. */
  while (hear(c) && c->tls && SSL_pending(c->tls)) continue;
#else
  hear(c);
#endif
}

/* Writes what has become due, and sets the timer for what will next. */
static void mind_the_time(void) {
  uint64_t soonest = 0;
  for (struct connection *c = everyone, *next; c; c = next) {
    next = c->next;
    if (c->first && flush(c) && c->first && (!soonest || c->first->due < soonest))
      soonest = c->first->due;
  }
  struct itimerspec at = {.it_value = {(time_t)(soonest / 1000000000u), (long)(soonest % 1000000000u)}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

/* --- the program ------------------------------------------------------------------------------ */

static int listening(int *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof a;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (void *)&a, size) || listen(fd, 4096) || getsockname(fd, (void *)&a, &size))
    fail("listen");
  *port = ntohs(a.sin_port);
  return fd;
}

static void watch(int fd, void *what) {
  struct epoll_event e = {EPOLLIN, {.ptr = what}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e)) fail("epoll_ctl");
}

static void greet(int listener) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct connection *c = malloc(sizeof *c);
    if (!c) fail("malloc");
    memset(c, 0, offsetof(struct connection, input));
    c->fd = fd;
    c->last = &c->first;
    if ((c->next = everyone)) everyone->previous = c;
    everyone = c;
    counts.connections++;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(fd, c);
    reply(c, "220 sink ESMTP\r\n");
    keep_replies(c);
    flush(c);
  }
}

static void answer(int control) {
  char text[200];
  int fd = accept(control, NULL, NULL);
  if (fd < 0) return;
  int n = snprintf(text, sizeof text,
                   "connections=%llu messages=%llu recipients=%llu octets=%llu checksum=%llu\n",
                   (unsigned long long)counts.connections, (unsigned long long)counts.messages,
                   (unsigned long long)counts.recipients, (unsigned long long)counts.octets,
                   (unsigned long long)counts.checksum);
  memset(&counts, 0, sizeof counts);
  if (write(fd, text, (size_t)n) != n) perror("write");
  close(fd);
}

static void offer_tls(void) {
#ifdef WITH_TLS
  context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) != 1)
    fprintf(stderr, "sink: no certificate and key in %s\n", certificate), exit(1);
#else
  fprintf(stderr, "sink: compiled without OpenSSL\n"), exit(1);
#endif
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--no-pipelining")) pipelining = 0;
    else if (!strcmp(argv[i], "--chunking")) chunking = 1;
    else if (!strcmp(argv[i], "--delay") && ++i < argc) delay = strtoull(argv[i], NULL, 10) * 1000;
    else if (!strcmp(argv[i], "--certificate") && ++i < argc) certificate = argv[i];
    else return fprintf(stderr, "sink: what is %s?\n", argv[i - (i == argc)]), 2;
  }
  if (certificate) offer_tls();
  int port, control_port, listener = listening(&port), control = listening(&control_port);
  epoll = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  int input = STDIN_FILENO;
  watch(listener, &listener), watch(control, &control), watch(timer, &timer), watch(input, &input);
  printf("%d %d\n", port, control_port);
  fflush(stdout);
  for (struct epoll_event events[64];;) {
    int n = epoll_wait(epoll, events, 64, -1), ticked = 0;
    for (int i = 0; i < n; i++) {
      void *what = events[i].data.ptr;
      if (what == &listener) greet(listener);
      else if (what == &control) answer(control);
      else if (what == &timer) ticked = 1;
      else if (what == &input) return 0;
      else if (events[i].events & ~EPOLLOUT) hear_all(what);
      else flush(what);
    }
    /* Last, for it may end connections that this round of events is about. */
    if (delay || ticked) mind_the_time();
  }
}
