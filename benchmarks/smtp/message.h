/* Reads a message from the bytes behind DATA, and sums it up: for sink.c. */
#include <stdint.h>
#include <string.h>

struct message {
  int line_start;     /* the next octet begins a line */
  uint32_t low, high; /* Adler-32 of what was read so far */
  uint64_t octets;
};

static void begin(struct message *m) { *m = (struct message){1, 1, 0, 0}; }

static void take(struct message *m, const uint8_t *p, size_t n) {
  m->octets += n;
  while (n) {
    size_t k = n < 5552 ? n : 5552; /* so many fit into 32 bits without a modulo */
    uint32_t sum = 0, weighted = 0;
    for (size_t i = 0; i < k; i++) {
      sum += p[i];
      weighted += (uint32_t)(k - i) * p[i];
    }
    m->high = (uint32_t)((m->high + (uint64_t)k * m->low + weighted) % 65521);
    m->low = (m->low + sum) % 65521;
    p += k;
    n -= k;
  }
}

/* Reads up to the final dot, then *complete (RFC 5321 section 4.5.2); returns how much was read. */
static size_t read_data(struct message *m, const uint8_t *p, size_t n, int *complete) {
  size_t at = 0;
  while (at < n) {
    const uint8_t *here = p + at;
    size_t rest = n - at;
    if (m->line_start && *here == '.') {
      if (rest < 3 && (rest == 1 || here[1] == '\r')) break;
      if (here[1] == '\r' && here[2] == '\n') {
        *complete = 1;
        return at + 3;
      }
      at++; /* this dot protected the line */
      m->line_start = 0;
      continue;
    }
    const uint8_t *dot = memmem(here, rest, "\r\n.", 3);
    size_t size = dot ? (size_t)(dot - here) + 2 : rest;
    if (!dot && here[rest - 1] == '\r') size--; /* perhaps half a line end */
    if (!size) break;
    take(m, here, size);
    m->line_start = size >= 2 && here[size - 2] == '\r' && here[size - 1] == '\n';
    at += size;
  }
  return at;
}
