// One seat at the server, over as many WebSockets as it takes.
// It knows the protocol's session rules; it must not know the game, nor the page.

const PAUSES = [0.5, 1, 2, 4, 8, 15]; // seconds before each further try; the last one stays
const STEADY = 15; // seconds after which a connection counts as one that held
const WELCOME_WITHIN = 10; // seconds
const SILENT = 20; // seconds without a word after which the server is asked for one
const ANSWER_WITHIN = 10; // seconds that such an answer may take
const RESTARTS = new Set(["stopping", "slow", "timeout"]); // byes after which coming back is worth a try

/** What is remembered between visits: the token that takes the seat again. A browser may forbid it. */
export const memory = {
  key: "hangman-net",
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  },
  write(known) {
    try {
      localStorage.setItem(this.key, JSON.stringify(known));
    } catch {
      // a private window: coming back works until the page is closed
    }
  },
};

export class Link {
  /**
   * `onMessage(message)` gets what the server says, in order. `onState(state)` gets `{is: "connecting"}`,
   * `{is: "online"}`, `{is: "lost", reason, retryAt}` (milliseconds) or, for good, `{is: "closed", reason, text}`
   * with the reason of the bye or the code of the error.
   */
  constructor(url, onMessage, onState) {
    this.url = url;
    this.onMessage = onMessage;
    this.onState = onState;
    this.hello = null;
    this.owed = []; // lines without an ack: {text, id}
    this.questions = 0;
    this.lastId = 0;
    this.socket = null;
    this.online = false;
    this.tried = 0;
    this.timers = { retry: 0, welcome: 0, silence: 0 };
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.online && this.lose("this device is offline"));
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
  }

  /** Take a seat: `{name, room, token, password, invite}`, each of them optional. */
  enter(hello) {
    this.hello = hello;
    this.tried = 0;
    this.owed = [];
    this.open();
  }

  /** Send a line now, or as soon as there is a connection. */
  send(text) {
    const line = { text, id: null };
    this.owed.push(line);
    if (this.online) this.write(line);
  }

  /** Ask what could stand in place of the last word; the id of the answer, or null while there is no connection. */
  complete(text) {
    if (!this.online) return null;
    this.put({ type: "complete", id: ++this.questions, text });
    return this.questions;
  }

  /** Try again at once, where it waits to. */
  hurry() {
    if (!this.timers.retry) return;
    this.tried = 0;
    this.open();
  }

  // --- the connection ---

  open() {
    this.shut();
    this.onState({ is: "connecting" });
    const socket = (this.socket = new WebSocket(this.url));
    this.opened = performance.now();
    this.timers.welcome = setTimeout(() => this.lose("it does not answer"), WELCOME_WITHIN * 1000);
    socket.onopen = () => this.put({ type: "hello", version: 1, ...this.hello });
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = () => this.lose("the server cannot be reached");
  }

  shut() {
    for (const name of Object.keys(this.timers)) {
      clearTimeout(this.timers[name]);
      this.timers[name] = 0;
    }
    this.online = false;
    if (this.socket === null) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  lose(reason) {
    this.shut();
    if (performance.now() - this.opened > STEADY * 1000) this.tried = 0;
    const pause = PAUSES[Math.min(this.tried++, PAUSES.length - 1)] * 1000;
    this.timers.retry = setTimeout(() => this.open(), pause);
    this.onState({ is: "lost", reason, retryAt: Date.now() + pause });
  }

  close(reason, text) {
    this.shut();
    this.onState({ is: "closed", reason, text });
  }

  put(message) {
    this.socket.send(JSON.stringify(message));
  }

  write(line) {
    line.id ??= ++this.lastId;
    this.put({ type: "line", text: line.text, id: line.id });
  }

  take(data) {
    const message = JSON.parse(data);
    this.listen();
    switch (message.type) {
      case "welcome":
        this.welcomed(message);
        break;
      case "ack":
        this.owed = this.owed.filter((line) => line.id !== message.id);
        break;
      case "roster":
        this.remember({ room: message.room });
        break;
      case "member":
        if (message.was === this.hello.name) this.remember({ name: message.name });
        break;
      case "error":
        if (!this.online) return this.close(message.code, message.text);
        break;
      case "bye":
        return this.dismissed(message);
    }
    this.onMessage(message);
  }

  welcomed(message) {
    clearTimeout(this.timers.welcome);
    const wanted = this.hello.room;
    this.online = true;
    this.tried = 0;
    this.lastId = Math.max(this.lastId, message.last_id);
    if (message.resumed && wanted && wanted.toLowerCase() !== message.room.toLowerCase()) {
      // A token's seat stands where it was left; whoever opened a link means the link's room.
      const invite = this.hello.invite ? ` ${this.hello.invite}` : "";
      this.owed.unshift({ text: `/room ${wanted}${invite}`, id: null });
    }
    this.remember({ token: message.token, name: message.name, room: message.room });
    this.onState({ is: "online" });
    for (const line of this.owed) this.write(line);
  }

  dismissed({ reason, text }) {
    if (RESTARTS.has(reason)) {
      this.lose(reason === "stopping" ? "the server has stopped" : (text ?? "it was too slow"));
      return;
    }
    if (reason === "quit" || reason === "kicked") memory.write({ name: this.hello.name });
    this.close(reason, text);
  }

  remember(known) {
    this.hello = { ...this.hello, ...known };
    const { token, name, room } = this.hello;
    memory.write({ token, name, room });
  }

  // --- is anybody there? A browser is not told when the network is gone. ---

  listen() {
    clearTimeout(this.timers.silence);
    this.timers.silence = setTimeout(() => this.ask(), SILENT * 1000);
  }

  ask() {
    if (!this.online) return;
    this.put({ type: "ping" });
    this.timers.silence = setTimeout(() => this.lose("it does not answer"), ANSWER_WITHIN * 1000);
  }

  /** The page is looked at again; a phone may have slept since. */
  wake() {
    this.hurry();
    if (!this.online) return;
    clearTimeout(this.timers.silence);
    this.ask();
  }
}
