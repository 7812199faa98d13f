/* Sends mail with nothing in the way but the socket: the physical limit that clients are compared with.
 *
 *   replay PORT lockstep|pipelined new|reused MESSAGES RECIPIENTS CONNECTIONS FILE
 *
 * Sends so many messages over each connection ("new": over one of its own each), every one with what
 * FILE holds, dots already doubled. Lock-step waits for each reply. Pipelined writes MAIL and all
 * RCPT at once, DATA when all were accepted, and behind the dot QUIT or the next envelope: no client
 * that sends nothing where one recipient is refused can do with fewer round trips. Replies are only
 * counted. Prints the seconds it took.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct text { char *at; size_t size; };

static struct sockaddr_in server;
static struct text envelope, last, chained; /* the message with its dot, and what follows at once */
static int pipelined, fresh, recipients, fd;
static long messages;
static const char RECIPIENT[] = "RCPT TO:<recipient000@example.org>\r\n";

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void say(const char *at, size_t size) {
  while (size) {
    ssize_t gone = write(fd, at, size);
    if (gone <= 0) fail("write");
    at += gone;
    size -= (size_t)gone;
  }
}

/* Reads until so many replies are complete: a reply's last line has a space behind the code. */
static void hear(int replies) {
  static char in[1 << 16];
  static size_t kept; /* of a line that is not complete */
  while (replies > 0) {
    ssize_t got = read(fd, in + kept, sizeof in - kept);
    if (got <= 0) fail("read");
    size_t size = kept + (size_t)got;
    char *line = in, *end;
    while ((end = memchr(line, '\n', size - (size_t)(line - in)))) {
      if (line[0] != '2' && line[0] != '3') fprintf(stderr, "%.80s\n", line), exit(1);
      if (line[3] != '-') replies--;
      line = end + 1;
    }
    kept = size - (size_t)(line - in);
    memmove(in, line, kept);
  }
}

static void ask(const char *command) {
  say(command, strlen(command));
  hear(1);
}

static void open_connection(void) {
  int on = 1;
  fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (void *)&server, sizeof server)) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  hear(1);
  ask("EHLO localhost\r\n");
}

static void send_in_lockstep(void) {
  ask("MAIL FROM:<sender@example.com>\r\n");
  for (int i = 0; i < recipients; i++) ask(RECIPIENT);
  ask("DATA\r\n");
  say(last.at, last.size);
  hear(1);
}

static void send_pipelined(int begins, int ends) {
  if (begins) {
    say(envelope.at, envelope.size);
    hear(1 + recipients);
  }
  ask("DATA\r\n");
  if (ends) {
    say(last.at, last.size);
    hear(2);
  } else {
    say(chained.at, chained.size);
    hear(1 + 1 + recipients);
  }
}

static void run(void) {
  for (long i = 0; i < messages; i++) {
    int begins = fresh || i == 0, ends = fresh || i == messages - 1;
    if (begins) open_connection();
    if (pipelined) send_pipelined(begins, ends); else send_in_lockstep();
    if (ends && !pipelined) ask("QUIT\r\n");
    if (ends) close(fd);
  }
}

static struct text joined(struct text a, struct text b) {
  struct text both = {malloc(a.size + b.size + 1), a.size + b.size};
  if (!both.at) fail("malloc");
  memcpy(both.at, a.at, a.size);
  memcpy(both.at + a.size, b.at, b.size);
  return both;
}

static struct text literal(const char *s) { return (struct text){(char *)s, strlen(s)}; }

static struct text contents(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail(path);
  struct text t = {NULL, (size_t)ftell(file)};
  t.at = malloc(t.size + 1);
  rewind(file);
  if (!t.at || fread(t.at, 1, t.size, file) != t.size) fail(path);
  fclose(file);
  return t;
}

int main(int argc, char **argv) {
  if (argc != 8) return fprintf(stderr, "usage: see the source\n"), 2;
  server.sin_family = AF_INET;
  server.sin_port = htons((unsigned short)atoi(argv[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  pipelined = !strcmp(argv[2], "pipelined");
  fresh = !strcmp(argv[3], "new");
  messages = atol(argv[4]);
  recipients = atoi(argv[5]);
  int connections = atoi(argv[6]);

  envelope = literal("MAIL FROM:<sender@example.com>\r\n");
  for (int i = 0; i < recipients; i++) envelope = joined(envelope, literal(RECIPIENT));
  struct text body = joined(contents(argv[7]), literal(".\r\n"));
  chained = joined(body, envelope);
  last = pipelined ? joined(body, literal("QUIT\r\n")) : body;

  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (int i = 1; i < connections; i++)
    if (fork() == 0) return run(), 0;
  run();
  for (int i = 1, status; i < connections; i++)
    if (wait(&status) < 0 || status) return 1;
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.9f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
  return 0;
}
