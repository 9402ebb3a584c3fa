/* A load generator for chat and game servers on the loopback: one thread, epoll, every delivery checked.
 *
 * It knows how to speak to our server, to the floor and to the peers; it must not know which of them it measures.
 *
 * chat   members of rooms talk. Every line carries a marker, `@@` + sender (5 hex digits) + number (6) + moment (11),
 *        and a filler. Each receiver must get each sender's numbers one after the other, in its own room, with the
 *        filler unchanged: nothing lost, nothing twice, nothing out of order.
 * echo   every client sends such a line to itself, for servers that play no game.
 * games  every client plays alone in its room, over and over: /new, fourteen misses, the word. Each line must be
 *        answered by a board with the right status and misses, and then by its ack; no message may hold the word
 *        while the round runs.
 *
 * With --rate the load is open: lines leave when they are due and wait in vain for nobody, so that latency counts
 * from the moment a line was due. Without it every sender keeps --window lines under way.
 *
 * Prints one JSON object. Exit 0: every delivery came and was right. 3: some did not. 2: no connection, or it ended.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- what is spoken ---------------------------------------------------------------------------------------- */

enum framing { FRAME, LINES, WEBSOCKET };

/* In the templates %N is the connection's number, %R its room's, %P a payload and %L the payload's length.
 * An `_ok` holds what an answer must contain, alternatives between bars; an empty one is met at once. */
struct proto {
  const char *name;
  enum framing framing;
  int self; /* whether a sender gets its own chat */
  const char *hello, *hello_ok, *join, *join_ok, *say, *echo, *refused;
};

#define UPGRADE                                                                                                        \
  "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                                 \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define HELLO "{\"type\":\"hello\",\"version\":1,\"name\":\"u%N\",\"room\":\"r%R\"}"
#define SAY "{\"type\":\"line\",\"text\":\"%P\"}"
#define ECHO "{\"type\":\"ping\",\"text\":\"%P\"}"
#define BOARD "\"type\":\"board\""
#define REFUSED "\"type\":\"error\"|\"type\":\"bye\""

static const struct proto protos[] = {
    {"frame", FRAME, 1, HELLO, BOARD, "", "", SAY, ECHO, REFUSED},
    {"ws", WEBSOCKET, 1, UPGRADE, "101 ", HELLO, BOARD, SAY, ECHO, REFUSED},
    {"irc", LINES, 0, "NICK u%N\r\nUSER u%N 0 * :x\r\n", " 376 | 422 ", "JOIN #r%R\r\n", " 366 ",
     "PRIVMSG #r%R :%P\r\n", "PING %P\r\n", ""},
    {"redis", LINES, 1, "HELLO 3\r\n", "*0", "SUBSCRIBE r%R\r\n", ":1", "PUBLISH r%R %P\r\n", "ECHO %P\r\n", ""},
    {"nats", LINES, 1, "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true}\r\nPING\r\n", "PONG",
     "SUB r%R 1\r\nPING\r\n", "PONG", "PUB r%R %L\r\n%P\r\n", "", ""},
};

#define WORD "jazz"                            /* what the server draws every time */
static const char misses[] = "etoinshrdlucmb"; /* letters that are not in it */
enum { NEW = 0, MISSES = sizeof misses - 1, SOLVE = MISSES + 1, LINES_A_GAME = SOLVE + 1 };

/* ---- connections and counts -------------------------------------------------------------------------------- */

enum state { CONNECTING, GREETING, JOINING, READY };
enum mode { CHAT, ECHOES, GAMES };

struct conn {
  int fd, id, room;
  int slot;   /* a sender's place in its room, else -1 */
  int deaf;   /* never reads once it is ready */
  int game;   /* the line of its game that is under way */
  int boards; /* that answered this line */
  enum state state;
  char *rest; /* the beginning of a message whose end has not come */
  int nrest;
  char *out; /* what the kernel has not taken */
  int nout, capacity, wants_out;
  uint32_t *seen;   /* of each sender of the room: its last number */
  uint32_t number;  /* of its next line */
  int *outstanding; /* of each of its lines under way: deliveries to come */
  uint64_t sent_at; /* its line under way, in games */
};

static struct {
  const struct proto *proto;
  enum mode mode;
  int port, conns, members, talking, senders, window, filler, deaf, at_once;
  double secs, warm, rate, drain;
  int pids[16], npids;
} opt = {.port = 9000,
         .conns = 1,
         .members = 1,
         .senders = 1,
         .window = 1,
         .filler = 40,
         .at_once = 64,
         .secs = 2,
         .warm = 0.4,
         .drain = 10,
         .proto = &protos[0]};

enum phase { COMING, WARMING, MEASURING, DRAINING };

static struct conn *conns;
static int epoll, ready_count, per_line;
static enum phase phase;
static uint64_t start, expected, received, measured, sent, bytes_in, reads;
static uint64_t bad, gaps, repeats, slowest;
static char filler[4096], scratch[1 << 20];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void die(const char *what, int id) {
  fprintf(stderr, "load: %s (%s, connection %d, %d of %d ready)\n", what, strerror(errno), id, ready_count, opt.conns);
  exit(2);
}

static void wrong(const struct conn *c, const char *why, const char *message, int length) {
  if (!bad++) fprintf(stderr, "load: connection %d: %s: %.*s\n", c->id, why, length < 400 ? length : 400, message);
}

/* ---- latencies: a histogram with 32 steps to each power of two --------------------------------------------- */

enum { STEPS = 32, BUCKETS = 64 * STEPS };
static uint64_t histogram[BUCKETS];

static int bucket_of(uint64_t ns) {
  if (ns < STEPS) return ns;
  int power = 63 - __builtin_clzll(ns);
  return (power - 4) * STEPS + ((ns >> (power - 5)) & (STEPS - 1));
}

static double middle_of(int bucket) {
  if (bucket < STEPS) return bucket;
  int power = bucket / STEPS + 4;
  uint64_t width = 1ull << (power - 5);
  return (1ull << power) + (bucket & (STEPS - 1)) * width + width / 2.0;
}

static double percentile_us(double share) {
  uint64_t all = 0, below = 0;
  for (int i = 0; i < BUCKETS; i++) all += histogram[i];
  for (int i = 0; i < BUCKETS && all; i++)
    if ((below += histogram[i]) >= share * all) return middle_of(i) / 1e3;
  return 0;
}

static void delivered(uint64_t latency_ns) {
  received++;
  if (phase != MEASURING) return;
  measured++;
  histogram[bucket_of(latency_ns)]++;
  if (latency_ns > slowest) slowest = latency_ns;
}

/* ---- the server's processes, read from /proc ----------------------------------------------------------------- */

static double cpu_seconds(void) { /* of all threads; in nanoseconds where /proc/PID/stat counts hundredths */
  uint64_t total = 0;
  char path[300];
  for (int i = 0; i < opt.npids; i++) {
    snprintf(path, sizeof path, "/proc/%d/task", opt.pids[i]);
    DIR *tasks = opendir(path);
    if (!tasks) continue;
    for (struct dirent *task; (task = readdir(tasks));) {
      if (task->d_name[0] == '.') continue;
      snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", opt.pids[i], task->d_name);
      FILE *file = fopen(path, "r");
      unsigned long long ns;
      if (!file) continue;
      if (fscanf(file, "%llu", &ns) == 1) total += ns;
      fclose(file);
    }
    closedir(tasks);
  }
  return total / 1e9;
}

static long resident_kib(void) {
  long total = 0;
  char path[64], line[256];
  for (int i = 0; i < opt.npids; i++) {
    snprintf(path, sizeof path, "/proc/%d/status", opt.pids[i]);
    FILE *file = fopen(path, "r");
    if (!file) continue;
    while (fgets(line, sizeof line, file))
      if (!strncmp(line, "VmRSS:", 6)) total += atol(line + 6);
    fclose(file);
  }
  return total;
}

static double own_cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

static void watch(struct conn *c, int add, int out) {
  struct epoll_event event = {.events = (c->deaf && c->state == READY ? 0 : EPOLLIN) | (out ? EPOLLOUT : 0)};
  event.data.ptr = c;
  epoll_ctl(epoll, add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c->fd, &event);
  c->wants_out = out;
}

static void flush(struct conn *c) {
  int done = 0;
  while (done < c->nout) {
    ssize_t n = send(c->fd, c->out + done, c->nout - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) die("send", c->id);
    done += n;
  }
  if (done) memmove(c->out, c->out + done, c->nout - done);
  c->nout -= done;
  if ((c->nout > 0) != c->wants_out) watch(c, 0, c->nout > 0);
}

static void put(struct conn *c, const char *bytes, int n) {
  if (c->nout + n > c->capacity) c->out = realloc(c->out, c->capacity = (c->nout + n) * 2);
  memcpy(c->out + c->nout, bytes, n);
  c->nout += n;
  flush(c);
}

static int filled_in(char *to, const struct conn *c, const char *template, const char *payload) {
  char *end = to;
  for (const char *p = template; *p; p++) {
    if (*p != '%') *end++ = *p;
    else if (*++p == 'N') end += sprintf(end, "%d", c->id);
    else if (*p == 'R') end += sprintf(end, "%d", c->room);
    else if (*p == 'L') end += sprintf(end, "%d", (int)strlen(payload));
    else if (*p == 'P') end = stpcpy(end, payload);
  }
  return end - to;
}

static void emit(struct conn *c, const char *template, const char *payload, enum framing framing) {
  static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  static char buffer[16384];
  char *text = buffer + 8, *begin = text; /* in front there is place for any head */
  int n = filled_in(text, c, template, payload);
  if (framing == FRAME) {
    uint32_t length = htonl(n);
    memcpy(begin -= 4, &length, 4);
  } else if (framing == WEBSOCKET) {
    for (int i = 0; i < n; i++) text[i] ^= mask[i & 3];
    memcpy(begin -= 4, mask, 4);
    if (n < 126) *--begin = 0x80 | n;
    else *--begin = n, *--begin = n >> 8, *--begin = 0x80 | 126;
    *--begin = 0x81;
  }
  put(c, begin, text + n - begin);
}

/* ---- chat and echo: markers ------------------------------------------------------------------------------------ */

enum { MARKER = 24, SENDER_AT = 2, NUMBER_AT = 7, MOMENT_AT = 13, NUMBERS = 0xffffff };
static const uint64_t moments = 0xfffffffffffull;

static uint64_t hex(const char *text, int digits) {
  uint64_t value = 0;
  for (; digits--; text++) {
    int digit = *text <= '9' ? *text - '0' : *text - 'a' + 10;
    if (digit < 0 || digit > 15) return ~0ull;
    value = value << 4 | digit;
  }
  return value;
}

static void say(struct conn *c, uint64_t due) {
  char payload[MARKER + sizeof filler];
  int n =
      sprintf(payload, "@@%05x%06x%011llx", c->id, c->number & NUMBERS, (unsigned long long)((due - start) & moments));
  memcpy(payload + n, filler, opt.filler);
  payload[n + opt.filler] = 0;
  if (!opt.rate) c->outstanding[c->number % opt.window] = per_line;
  c->number++;
  sent++;
  expected += per_line;
  emit(c, opt.mode == ECHOES ? opt.proto->echo : opt.proto->say, payload, opt.proto->framing);
}

static void on_marked(struct conn *c, const char *message, int length, uint64_t t) {
  const char *marker = memmem(message, length, "@@", 2);
  if (!marker) return; /* a notice, somebody coming or going */
  if (marker + MARKER + opt.filler > message + length) return wrong(c, "cut short", message, length);
  uint64_t id = hex(marker + SENDER_AT, 5), number = hex(marker + NUMBER_AT, 6), moment = hex(marker + MOMENT_AT, 11);
  if (id >= (uint64_t)opt.conns || number > NUMBERS || moment > moments) return wrong(c, "marker", message, length);
  struct conn *sender = &conns[id];
  if (sender->slot < 0 || sender->room != c->room || (opt.mode == ECHOES && sender != c))
    return wrong(c, "not for us", message, length);
  if (memcmp(marker + MARKER, filler, opt.filler)) return wrong(c, "changed", message, length);
  uint32_t next = (c->seen[sender->slot] + 1) & NUMBERS;
  if (number != next && ((number - next) & NUMBERS) >= NUMBERS / 2) {
    repeats++;
    return;
  }
  gaps += number != next;
  c->seen[sender->slot] = number;
  delivered(((t - start) & moments) - moment);
  if (opt.rate || --sender->outstanding[number % opt.window]) return;
  if (phase != DRAINING && !sender->outstanding[sender->number % opt.window]) say(sender, now());
}

/* ---- games ------------------------------------------------------------------------------------------------------- */

static void play(struct conn *c) {
  char line[64];
  const char *text = line;
  if (c->game == NEW) text = "/new lives=15";
  else if (c->game == SOLVE) text = "/guess " WORD;
  else snprintf(line, sizeof line, "/guess %c", misses[c->game - 1]);
  char template[160];
  snprintf(template, sizeof template, "{\"type\":\"line\",\"text\":\"%%P\",\"id\":%u}", ++c->number);
  c->boards = 0;
  c->sent_at = now();
  sent++;
  expected++;
  emit(c, template, text, FRAME);
}

static int missed_on(const char *board, int length) {
  const char *list = memmem(board, length, "\"missed\":[", 10);
  if (!list) return -1;
  int letters = 0;
  for (const char *p = list + 10; p < board + length && *p != ']'; p++) letters += *p == '"';
  return letters / 2;
}

static int holds(const char *message, int length, const char *what) {
  return memmem(message, length, what, strlen(what)) != NULL;
}

static void on_game(struct conn *c, const char *message, int length, uint64_t t) {
  char ack[80];
  if (c->game != SOLVE && holds(message, length, WORD)) wrong(c, "the word is told too early", message, length);
  if (holds(message, length, BOARD)) {
    int over = c->game == SOLVE, missed = c->game < SOLVE ? c->game : MISSES;
    if (!holds(message, length, over ? "\"won\"" : "\"playing\"") || missed_on(message, length) != missed)
      wrong(c, "not the board that was to come", message, length);
    c->boards++;
    return;
  }
  if (!holds(message, length, "\"type\":\"ack\"")) return;
  snprintf(ack, sizeof ack, "\"id\":%u,\"ok\":true", c->number);
  if (!holds(message, length, ack) || c->boards != 1) wrong(c, "not the ack that was to come", message, length);
  delivered(t - c->sent_at);
  c->game = (c->game + 1) % LINES_A_GAME;
  if (phase != DRAINING) play(c);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static int answers(const char *message, int length, const char *alternatives) {
  char copy[200], *left = NULL;
  if (!*alternatives) return 0;
  snprintf(copy, sizeof copy, "%s", alternatives);
  for (char *one = strtok_r(copy, "|", &left); one; one = strtok_r(NULL, "|", &left))
    if (holds(message, length, one)) return 1;
  return 0;
}

static void come_in(struct conn *c) {
  c->state = READY;
  ready_count++;
  if (c->deaf) watch(c, 0, 0);
}

static void join(struct conn *c) {
  c->state = JOINING;
  if (*opt.proto->join) emit(c, opt.proto->join, "", opt.proto->framing);
  if (!*opt.proto->join_ok) come_in(c);
}

static void on_message(struct conn *c, const char *message, int length, uint64_t t) {
  if (opt.proto->framing == LINES && length >= 4 && !memcmp(message, "PING", 4)) { /* a sign of life is asked for */
    char pong[300];
    snprintf(pong, sizeof pong, "PONG%.*s", length - 4, message + 4); /* with the end of its line */
    return put(c, pong, strlen(pong));
  }
  if (answers(message, length, opt.proto->refused)) wrong(c, "refused", message, length);
  if (c->state == GREETING) {
    if (answers(message, length, opt.proto->hello_ok)) join(c);
  } else if (c->state == JOINING) {
    if (answers(message, length, opt.proto->join_ok)) come_in(c);
  } else if (opt.mode == GAMES) {
    on_game(c, message, length, t);
  } else {
    on_marked(c, message, length, t);
  }
}

/* Whether a whole message is at `bytes`; if so, the length of its head and of what stands behind that. */
static int whole(const struct conn *c, const char *bytes, int n, int *head, int *length) {
  const unsigned char *u = (const unsigned char *)bytes;
  const char *end;
  *head = 0;
  if (opt.proto->framing == FRAME) {
    *head = 4;
    if (n < 4) return 0;
    *length = u[0] << 24 | u[1] << 16 | u[2] << 8 | u[3];
    if (*length < 0 || *length > 65536) die("a frame of more than 64 KiB", c->id);
  } else if (opt.proto->framing == WEBSOCKET && c->state != GREETING) {
    *head = n > 1 && u[1] == 126 ? 4 : 2;
    if (n < *head) return 0;
    if ((u[0] & 15) == 8) die("the peer closes", c->id);
    *length = *head == 4 ? u[2] << 8 | u[3] : u[1];
  } else {
    const char *ends = opt.proto->framing == WEBSOCKET ? "\r\n\r\n" : "\n";
    if (!(end = memmem(bytes, n, ends, strlen(ends)))) return 0;
    *length = end - bytes + strlen(ends);
  }
  return n >= *head + *length;
}

static void on_readable(struct conn *c) {
  if (c->nrest) memcpy(scratch, c->rest, c->nrest);
  ssize_t n = recv(c->fd, scratch + c->nrest, sizeof scratch - c->nrest, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) die("recv", c->id);
  if (n == 0) die("the server closed", c->id);
  bytes_in += n;
  reads++;
  uint64_t t = now();
  int all = c->nrest + n, at = 0;
  for (int head, length; at < all && whole(c, scratch + at, all - at, &head, &length); at += head + length)
    on_message(c, scratch + at + head, length, t);
  c->nrest = all - at;
  if (c->nrest) memcpy(c->rest = realloc(c->rest, c->nrest), scratch + at, c->nrest);
}

/* ---- the loop -------------------------------------------------------------------------------------------------- */

static void open_connection(struct conn *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(opt.port)};
  struct linger at_once = {1, 0};
  int one = 1, little = 4096;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket", c->id);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  if (c->deaf) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) die("connect", c->id);
  watch(c, 1, 1);
}

static void on_connected(struct conn *c) {
  socklen_t size = sizeof errno;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &errno, &size);
  if (errno) die("connect", c->id);
  c->state = GREETING;
  emit(c, opt.proto->hello, "", opt.proto->framing == WEBSOCKET ? LINES : opt.proto->framing);
}

static int poll_for(int64_t ns) {
  static struct epoll_event events[1024];
  struct timespec wait = {ns / 1000000000, ns % 1000000000};
  int n = epoll_pwait2(epoll, events, 1024, &wait, NULL);
  for (int i = 0; i < n; i++) {
    struct conn *c = events[i].data.ptr;
    if (c->state == CONNECTING) {
      on_connected(c);
      continue;
    }
    if (c->deaf && c->state == READY) { /* the server gave it up */
      if (events[i].events & (EPOLLHUP | EPOLLERR)) epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL), c->deaf = 2;
      continue;
    }
    if (events[i].events & EPOLLOUT) flush(c);
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
  }
  return n;
}

static const int64_t ms = 1000000;

/* Everybody comes in, and what that causes settles. Gives the seconds until the last was in. */
static double bring_in(void) {
  uint64_t began = now();
  int opened = 0;
  while (ready_count < opt.conns) {
    while (opened < opt.conns && opened - ready_count < opt.at_once) open_connection(&conns[opened++]);
    if (!poll_for(1000 * ms) && now() - began > 60000 * (uint64_t)ms) die("not everybody came in", ready_count);
  }
  double seconds = (now() - began) / 1e9;
  while (poll_for(250 * ms) && now() - began < 90000 * (uint64_t)ms) continue;
  return seconds;
}

static void begin_talking(void) {
  for (int i = 0; i < opt.conns; i++) {
    if (opt.mode == GAMES) play(&conns[i]);
    else if (conns[i].slot >= 0)
      for (int w = 0; w < opt.window; w++) say(&conns[i], now());
  }
}

static void talk_until(uint64_t end) {
  static uint64_t due;
  static int next;
  if (!due) due = now();
  for (uint64_t t; (t = now()) < end;) {
    if (!opt.rate) {
      poll_for(5 * ms);
      continue;
    }
    for (; due <= t; due += 1e9 / opt.rate, next = (next + 1) % opt.conns) {
      while (conns[next].slot < 0) next = (next + 1) % opt.conns;
      say(&conns[next], due);
    }
    t = now();
    poll_for(due > t ? due - t : 0);
  }
}

static void drain(void) {
  uint64_t end = now() + opt.drain * 1e9;
  phase = DRAINING;
  while (received < expected && now() < end) poll_for(20 * ms);
  poll_for(50 * ms); /* what came now would be one too many */
}

/* ---- the command line ------------------------------------------------------------------------------------------ */

static const struct proto *proto_named(const char *name) {
  for (size_t i = 0; i < sizeof protos / sizeof *protos; i++)
    if (!strcmp(protos[i].name, name)) return &protos[i];
  die("--proto: there is no such one", 0);
  return NULL;
}

static enum mode mode_named(const char *name) {
  if (!strcmp(name, "chat")) return CHAT;
  if (!strcmp(name, "echo")) return ECHOES;
  if (strcmp(name, "games")) die("--mode is chat, echo or games", 0);
  return GAMES;
}

static void read_options(int argc, char **argv) {
  static const struct option names[] = {
      {"proto", 1, 0, 'P'},  {"mode", 1, 0, 'M'},    {"port", 1, 0, 'p'},    {"pid", 1, 0, 'i'},
      {"conns", 1, 0, 'n'},  {"members", 1, 0, 'm'}, {"talking", 1, 0, 't'}, {"senders", 1, 0, 's'},
      {"window", 1, 0, 'w'}, {"filler", 1, 0, 'f'},  {"deaf", 1, 0, 'd'},    {"at-once", 1, 0, 'k'},
      {"secs", 1, 0, 'S'},   {"warm", 1, 0, 'W'},    {"rate", 1, 0, 'r'},    {0}};
  for (int o; (o = getopt_long(argc, argv, "", names, NULL)) != -1;) switch (o) {
    case 'P': opt.proto = proto_named(optarg); break;
    case 'M': opt.mode = mode_named(optarg); break;
    case 'p': opt.port = atoi(optarg); break;
    case 'i':
      for (char *one = strtok(optarg, ","); one && opt.npids < 16; one = strtok(NULL, ","))
        opt.pids[opt.npids++] = atoi(one);
      break;
    case 'n': opt.conns = atoi(optarg); break;
    case 'm': opt.members = atoi(optarg); break;
    case 't': opt.talking = atoi(optarg); break;
    case 's': opt.senders = atoi(optarg); break;
    case 'w': opt.window = atoi(optarg); break;
    case 'f': opt.filler = atoi(optarg); break;
    case 'd': opt.deaf = atoi(optarg); break;
    case 'k': opt.at_once = atoi(optarg); break;
    case 'S': opt.secs = atof(optarg); break;
    case 'W': opt.warm = atof(optarg); break;
    case 'r': opt.rate = atof(optarg); break;
    default: exit(1);
    }
  if (opt.filler > 4000) opt.filler = 4000;
  if (opt.mode == ECHOES) opt.senders = opt.members;
  if (opt.senders > opt.members) opt.senders = opt.members;
  per_line = opt.mode == ECHOES ? 1 : opt.members - 1 + opt.proto->self - opt.deaf;
}

static void make_connections(void) {
  conns = calloc(opt.conns, sizeof *conns);
  for (int i = 0; i < opt.conns; i++) {
    struct conn *c = &conns[i];
    int place = i % opt.members;
    c->id = i;
    c->room = i / opt.members;
    c->deaf = place >= opt.members - opt.deaf;
    c->slot = place < opt.senders && (!opt.talking || c->room < opt.talking) ? place : -1;
    c->outstanding = calloc(opt.window, sizeof *c->outstanding);
    c->seen = malloc(opt.senders * sizeof *c->seen);
    for (int s = 0; s < opt.senders; s++) c->seen[s] = NUMBERS;
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  alarm(240);
  read_options(argc, argv);
  for (size_t i = 0; i < sizeof filler; i++) filler[i] = "the-quick-brown-fox-jumps-over-it;-"[i % 35];
  start = now();
  epoll = epoll_create1(0);
  make_connections();

  long kib_before = resident_kib();
  double cpu_before = cpu_seconds(), in_seconds = bring_in(), in_cpu = cpu_seconds() - cpu_before;
  long kib_idle = resident_kib(), kib_after = kib_idle;
  double cpu = 0, own_cpu = 0, seconds = 0;
  uint64_t bytes = 0, lines = 0, chunks = 0;
  if (opt.secs > 0) {
    phase = WARMING;
    if (!opt.rate) begin_talking();
    talk_until(now() + opt.warm * 1e9);
    phase = MEASURING;
    bytes = bytes_in, lines = sent, chunks = reads;
    uint64_t began = now();
    cpu = cpu_seconds(), own_cpu = own_cpu_seconds();
    talk_until(began + opt.secs * 1e9);
    cpu = cpu_seconds() - cpu, own_cpu = own_cpu_seconds() - own_cpu;
    seconds = (now() - began) / 1e9;
    bytes = bytes_in - bytes, lines = sent - lines, chunks = reads - chunks;
    kib_after = resident_kib();
    drain();
  }
  int cut = 0;
  for (int i = 0; i < opt.conns; i++) cut += conns[i].deaf == 2;
  double each = measured ? 1.0 / measured : 0, per_second = seconds ? 1 / seconds : 0;
  printf("{\"conns\":%d,\"deliveries\":%llu,\"rate\":%.0f,\"lines\":%llu,\"p50_us\":%.1f,\"p90_us\":%.1f,"
         "\"p99_us\":%.1f,\"max_us\":%.1f,\"cpu_us\":%.4f,\"server_busy\":%.3f,\"load_busy\":%.3f,\"bytes\":%.0f,"
         "\"together\":%.1f,"
         "\"lost\":%lld,\"gaps\":%llu,\"repeats\":%llu,\"bad\":%llu,\"deaf_cut\":%d,"
         "\"in_rate\":%.0f,\"in_cpu_us\":%.1f,\"kib_before\":%ld,\"kib_idle\":%ld,\"kib_after\":%ld}\n",
         opt.conns, (unsigned long long)measured, measured * per_second, (unsigned long long)lines, percentile_us(.5),
         percentile_us(.9), percentile_us(.99), slowest / 1e3, cpu * each * 1e6, cpu * per_second, own_cpu * per_second,
         bytes * each, chunks ? (double)measured / chunks : 0, (long long)(expected - received),
         (unsigned long long)gaps, (unsigned long long)repeats, (unsigned long long)bad, cut, opt.conns / in_seconds,
         in_cpu * 1e6 / opt.conns, kib_before, kib_idle, kib_after);
  return received != expected || gaps || repeats || bad ? 3 : 0;
}
