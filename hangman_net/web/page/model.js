// What a person at the page knows: each message is folded into it, and gives entries for the log.
// It knows the server's messages; it must not know the page, nor the connection.

const REPLAYED = 100; // lines of talk recognised when the server replays them after a loss

/** A board before the first one came. */
export const NO_BOARD = {
  round: 0, status: "idle", mode: "coop", cells: [], found_by: [], missed: [], words_missed: [], lives: 0,
  max_lives: 0, art: "", caption: "", turn: null, setter: null, seconds: null, hint: null, wordlist: null,
  players: [], secret: null,
};

export class Model {
  constructor() {
    this.name = "";
    this.room = "";
    this.role = "member";
    this.commands = [];
    this.members = new Map(); // by name
    this.total = 0;
    this.board = NO_BOARD;
    this.boardAt = 0; // milliseconds
    this.seen = null; // the round whose beginning was seen, or that was running on coming in
    this.scores = new Map(); // when it began
    this.summary = null; // the entry that tells how it ended
    this.talk = []; // what was said lately
    this.known = []; // what had been said before the connection was lost
  }

  /** The phase by which commands are offered. */
  get phase() {
    return this.board.status === "playing" ? "playing" : "idle";
  }

  get me() {
    return this.members.get(this.name);
  }

  get myTurn() {
    return this.phase === "playing" && this.board.turn === this.name;
  }

  /** Whether this person may guess now, as far as the page can tell. */
  get mayGuess() {
    const { turn, setter } = this.board;
    return this.phase === "playing" && (this.me?.seated ?? false) && setter !== this.name &&
      (turn === null || turn === this.name);
  }

  /** Seconds left of the turn or round, or to set the next word, or null where no clock runs. */
  secondsLeft(now) {
    if (this.board.seconds === null || !["idle", "playing"].includes(this.board.status)) return null;
    return Math.max(0, this.board.seconds - (now - this.boardAt) / 1000);
  }

  /** The connection was lost: what was said until then will be replayed. */
  lost() {
    this.known = this.talk.slice();
  }

  /** Fold a message in; gives the entries that it adds to the log. */
  update(message, now) {
    switch (message.type) {
      case "welcome":
        return this.welcomed(message);
      case "commands":
        this.commands = message.commands;
        return [];
      case "roster":
        return this.cameIn(message);
      case "member":
        return message.room === this.room ? this.memberChanged(message) : [];
      case "chat":
        return this.said(message);
      case "notice":
        return [{ kind: "notice", text: message.text }];
      case "error":
        return [{ kind: "error", text: message.text }];
      case "board":
        return this.boardCame({ ...NO_BOARD, ...message }, now);
      default:
        return [];
    }
  }

  welcomed(message) {
    const back = this.room !== "";
    Object.assign(this, { name: message.name, role: message.role, commands: message.commands });
    if (!back) return [];
    const as = message.resumed ? "" : `, as ${message.name} and a newcomer`;
    return [{ kind: "coming", text: `Connected again${as}.` }];
  }

  cameIn({ room, total, members }) {
    const moved = room !== this.room;
    this.room = room;
    this.total = total;
    this.members = new Map(members.map((member) => [member.name, member]));
    this.role = this.me?.role ?? this.role;
    if (!moved) return [];
    Object.assign(this, { board: NO_BOARD, seen: null, summary: null, talk: [], known: [] });
    return [{ kind: "rule", text: room }];
  }

  memberChanged(change) {
    const oldName = change.was ?? change.name;
    const old = this.members.get(oldName);
    const { name, role, seated, connected, score } = change;
    let text = null;
    if (change.left) {
      this.members.delete(oldName);
      this.total = Math.max(this.members.size, this.total - 1);
      text = `${oldName} leaves`;
    } else {
      // a renamed member keeps their place in the list
      const entries = [...this.members].map(([key, value]) => (key === oldName ? [name, null] : [key, value]));
      this.members = new Map(entries).set(name, { name, role, seated, connected, score });
      if (old === undefined) {
        this.total += 1;
        text = name === this.name ? null : `${name} comes in`;
      } else if (name !== oldName) text = `${oldName} is now ${name}`;
      else if (old.connected !== connected) text = `${name} is ${connected ? "back" : "away"}`;
      else if (old.seated !== seated) text = `${name} ${seated ? "plays" : "watches"}`;
    }
    if (oldName === this.name) Object.assign(this, { name, role });
    const entries = text === null ? [] : [{ kind: "coming", text }];
    return this.summary === null ? entries : [...entries, this.withPoints()];
  }

  said({ name, text, to = null, action = false, replay = false }) {
    if (replay) {
      const at = this.known.findIndex((entry) => entry.who === name && entry.text === text);
      if (at >= 0) {
        this.known.splice(0, at + 1);
        return [];
      }
    }
    const mine = name === this.name;
    const namesMe = !mine && !replay && (to !== null || names(text, this.name));
    const kind = to !== null ? "private" : action ? "action" : "chat";
    const entry = { kind, who: name, to, text, mine, namesMe, replay };
    if (to === null) this.talk = [...this.talk.slice(1 - REPLAYED), entry];
    return [entry];
  }

  boardCame(board, now) {
    const before = this.board;
    this.board = board;
    this.boardAt = now;
    if (board.status === "playing" && this.seen !== board.round) {
      const begins = this.seen !== null || before.round !== board.round;
      this.seen = board.round;
      this.summary = null;
      this.scores = new Map([...this.members.values()].map((member) => [member.name, member.score]));
      return begins ? [{ kind: "begin", text: beginning(board) }] : [];
    }
    const entries = before.round === board.round ? moves(before, board) : [];
    const over = board.status !== "idle" && board.status !== "playing" && board.secret !== null;
    if (over && this.seen === board.round && this.summary === null) {
      this.summary = { kind: "summary", board, points: [] };
      entries.push(this.withPoints());
    }
    return entries;
  }

  /** The summary with what each has earned since the round began: scores may come after the board. */
  withPoints() {
    this.summary.points = [...this.members.values()]
      .map(({ name, score }) => [name, score - (this.scores.get(name) ?? 0)])
      .filter(([, gain]) => gain !== 0)
      .sort((a, b) => b[1] - a[1]);
    return this.summary;
  }
}

/** Who found which letters, each once, in the order of the word. */
export function found(board) {
  const letters = new Map();
  board.cells.forEach((cell, place) => {
    const finder = board.found_by[place];
    if (cell === null || finder === null || finder === undefined) return;
    const known = letters.get(finder) ?? letters.set(finder, []).get(finder);
    if (!known.includes(cell)) known.push(cell);
  });
  return letters;
}

function beginning(board) {
  const facts = [board.mode, board.wordlist, board.setter && `set by ${board.setter}`].filter(Boolean);
  return `Round ${board.round} begins: ${facts.join(", ")}`;
}

/** What happened between two boards of a round that goes on, as at most one entry. */
function moves(before, board) {
  if (before.status !== "playing" || board.status !== "playing" || before.cells.length !== board.cells.length) return [];
  const parts = [...finds(before, board), ...misses(before, board)];
  return parts.length > 0 ? [{ kind: "move", text: parts.join("; ") }] : [];
}

function finds(before, board) {
  const found = new Map(); // by finder: letter -> how many
  board.cells.forEach((cell, place) => {
    if (cell === null || before.cells[place] !== null) return;
    const finder = board.found_by[place] ?? null;
    const letters = found.get(finder) ?? found.set(finder, new Map()).get(finder);
    letters.set(cell, (letters.get(cell) ?? 0) + 1);
  });
  return [...found].map(([finder, letters]) => {
    const list = [...letters].map(([letter, count]) => (count > 1 ? `${letter} (${count})` : letter)).join(", ");
    return finder === null ? `${list} shows` : `${finder} finds ${list}`;
  });
}

function misses(before, board) {
  const letters = [...newIn(board.missed, before.missed), ...newIn(board.words_missed, before.words_missed)];
  if (letters.length === 0 && board.lives >= before.lives) return [];
  const left = board.lives === 1 ? "1 life left" : `${board.lives} lives left`;
  if (letters.length === 0) return [left];
  const list = letters.join(", ");
  return [before.turn !== null && letters.length === 1 ? `${before.turn} misses with ${list}, ${left}` : `no ${list}, ${left}`];
}

function newIn(after, before) {
  return after.filter((one) => !before.includes(one));
}

function names(text, name) {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return name !== "" && new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}
