/* The floor: a C server that speaks our protocol as far as the load generator does, and plays a game of one word.
 *
 * It knows the shape of the messages and looks for known keys in them; it must not be taken for a safe server: there
 * are no limits, no checks and no escapes here, so that what it costs is what sockets cost.
 *
 * usage: floor PORT [each]     PORT 0 takes any free one, and the first line printed says which
 *
 * As a rule each connection is told everything of one turn of the loop in one send(); with `each` every message is a
 * send() of its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOMS = 20000, LARGEST = 65536, NAME = 20 };

struct conn {
  int fd, dirty, wants_out;
  char name[NAME];
  struct room *room;
  int place;       /* in the room */
  char missed[64]; /* letters as they stand in the board: "a","b" */
  int misses;
  char *in, *out;
  int nin, nout, capacity;
};

struct room {
  char name[NAME];
  struct conn **members;
  int count, capacity;
};

static struct room rooms[ROOMS];
static struct conn **dirty;
static int epoll, each, ndirty, dirty_capacity;

/* ---- writing ----------------------------------------------------------------------------------------------- */

static void watch(struct conn *c, int operation, int out) {
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(epoll, operation, c->fd, &event);
  c->wants_out = out;
}

static void flush(struct conn *c) {
  ssize_t n = send(c->fd, c->out, c->nout, MSG_NOSIGNAL);
  if (n > 0) memmove(c->out, c->out + n, c->nout -= n);
  if ((c->nout > 0) != c->wants_out) watch(c, EPOLL_CTL_MOD, c->nout > 0);
  if (!c->nout && c->capacity > 4096) {
    free(c->out);
    c->out = NULL;
    c->capacity = 0;
  }
}

static void put(struct conn *c, const char *bytes, int n) {
  if (c->nout + n > c->capacity) c->out = realloc(c->out, c->capacity = (c->nout + n) * 2);
  memcpy(c->out + c->nout, bytes, n);
  c->nout += n;
  if (each) flush(c);
  else if (!c->dirty) {
    c->dirty = 1;
    if (ndirty == dirty_capacity) dirty = realloc(dirty, (dirty_capacity = dirty_capacity * 2 + 64) * sizeof *dirty);
    dirty[ndirty++] = c;
  }
}

static int framed(char *frame, int length) {
  uint32_t size = htonl(length);
  memcpy(frame, &size, 4);
  return length + 4;
}

/* ---- messages ---------------------------------------------------------------------------------------------- */

static const char welcome[] = "{\"type\":\"welcome\",\"version\":1,\"name\":\"%s\",\"room\":\"%s\",\"role\":\"member\","
                              "\"token\":\"0123456789abcdef\",\"server\":\"floor/1\",\"resumed\":false,\"last_id\":0,"
                              "\"commands\":[]}";
static const char chat[] = "{\"type\":\"chat\",\"name\":\"%s\",\"text\":\"%.*s\",\"room\":\"%s\"}";
static const char ack[] = "{\"type\":\"ack\",\"id\":%d,\"ok\":true}";
static const char board[] =
    "{\"type\":\"board\",\"round\":1,\"status\":\"%s\",\"mode\":\"coop\",\"cells\":[%s],"
    "\"found_by\":[null,null,null,null],\"missed\":[%s],\"words_missed\":[],\"lives\":%d,\"max_lives\":15,"
    "\"art\":\"  +---+\\n  |   |\\n  O   |\\n /|\\\\  |\\n /    |\\n      |\\n=========\","
    "\"caption\":\"Word: blank blank blank blank, %d lives left, missed e t o i n s h r d l u c m b\","
    "\"turn\":null,\"setter\":null,\"seconds\":null,\"hint\":null,\"wordlist\":\"bench\",\"players\":[],"
    "\"secret\":%s}";

/* The value behind a key, up to the next quote; its length, or -1. */
static int value(const char *message, int length, const char *key, const char **found) {
  const char *at = memmem(message, length, key, strlen(key));
  if (!at) return -1;
  *found = at + strlen(key);
  const char *end = memchr(*found, '"', message + length - *found);
  return end ? end - *found : -1;
}

static void show_board(struct conn *c, const char *status) {
  char frame[2048];
  int won = *status == 'w';
  const char *cells = won ? "\"j\",\"a\",\"z\",\"z\"" : "null,null,null,null", *secret = won ? "\"jazz\"" : "null";
  int lives = 15 - c->misses;
  put(c, frame, framed(frame, sprintf(frame + 4, board, status, cells, c->missed, lives, lives, secret)));
}

static void come_in(struct conn *c, const char *message, int length) {
  const char *name, *room;
  int name_length = value(message, length, "\"name\":\"", &name);
  int room_length = value(message, length, "\"room\":\"", &room);
  if (c->room || name_length < 1 || room_length < 2) return;
  snprintf(c->name, NAME, "%.*s", name_length, name);
  unsigned number = atoi(room + 1);
  if (number >= ROOMS) return;
  struct room *r = c->room = &rooms[number];
  snprintf(r->name, NAME, "%.*s", room_length, room);
  if (r->count == r->capacity)
    r->members = realloc(r->members, (r->capacity = r->capacity * 2 + 4) * sizeof *r->members);
  c->place = r->count;
  r->members[r->count++] = c;
  char frame[512];
  put(c, frame, framed(frame, sprintf(frame + 4, welcome, c->name, r->name)));
  show_board(c, "idle");
}

static void play(struct conn *c, const char *text, int id) {
  const char *status = "playing";
  char frame[64];
  if (text[1] == 'n') *c->missed = c->misses = 0;
  else if (text[8] != '"') status = "won";
  else c->misses++, sprintf(strchr(c->missed, 0), "%s\"%c\"", *c->missed ? "," : "", text[7]);
  show_board(c, status);
  put(c, frame, framed(frame, sprintf(frame + 4, ack, id)));
}

static void on_message(struct conn *c, const char *message, int length) {
  char frame[LARGEST + 256];
  const char *type, *text, *id;
  if (value(message, length, "\"type\":\"", &type) < 1) return;
  if (*type == 'h') return come_in(c, message, length);
  int n = value(message, length, "\"text\":\"", &text);
  if (*type != 'l' || n < 1 || !c->room) return;
  if (*text == '/' && n < 20 && (id = memmem(message, length, "\"id\":", 5))) return play(c, text, atoi(id + 5));
  n = framed(frame, sprintf(frame + 4, chat, c->name, n, text, c->room->name));
  for (int i = 0; i < c->room->count; i++) put(c->room->members[i], frame, n);
}

/* ---- the loop -------------------------------------------------------------------------------------------------- */

static void drop(struct conn *c) {
  struct room *r = c->room;
  if (r) {
    r->members[c->place] = r->members[--r->count];
    r->members[c->place]->place = c->place;
  }
  for (int i = 0; i < ndirty; i++)
    if (dirty[i] == c) dirty[i--] = dirty[--ndirty];
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c);
}

static void on_readable(struct conn *c) {
  static char buffer[2 * LARGEST];
  if (c->nin) memcpy(buffer, c->in, c->nin);
  ssize_t n = recv(c->fd, buffer + c->nin, sizeof buffer - c->nin, 0);
  if (n <= 0) return drop(c);
  int all = c->nin + n, at = 0;
  for (uint32_t size; all - at >= 4; at += 4 + size) {
    memcpy(&size, buffer + at, 4);
    size = ntohl(size);
    if (size > LARGEST) return drop(c);
    if ((uint32_t)(all - at) < 4 + size) break;
    on_message(c, buffer + at + 4, size);
  }
  c->nin = all - at;
  if (c->nin) memcpy(c->in = realloc(c->in, c->nin), buffer + at, c->nin);
}

static void on_connection(int listener) {
  int one = 1;
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    struct conn *c = calloc(1, sizeof *c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->fd = fd;
    watch(c, EPOLL_CTL_ADD, 0);
  }
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
  struct epoll_event listening = {.events = EPOLLIN}, events[512];
  int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  each = argc > 2;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
    perror("floor");
    return 1;
  }
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll = epoll_create1(0);
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening);
  for (;;) {
    int n = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      if (!c) on_connection(listener);
      else if (events[i].events & ~EPOLLOUT) on_readable(c);
      else flush(c);
    }
    for (int i = 0; i < ndirty; i++) {
      dirty[i]->dirty = 0;
      flush(dirty[i]);
    }
    ndirty = 0;
  }
}
