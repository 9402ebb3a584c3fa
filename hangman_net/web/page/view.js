// Paints the model. Whatever people or the server wrote goes in by textContent alone.
// It knows the page's elements; it must not know the connection, nor what a command does.

import { found } from "./model.js";

const LATIN = [..."abcdefghijklmnopqrstuvwxyz"];
const MOST_ENTRIES = 400; // in the log: hours of talk, and a phone still scrolls smoothly
const HUES = [28, 48, 85, 140, 168, 192, 214, 236, 268, 292, 322];
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const OUTCOMES = { won: "Won!", lost: "Lost", stopped: "Stopped" };
const MARKS = { notice: "–", error: "!", coming: "·", move: "·", begin: "»", action: "*" };

export const at = (id) => document.getElementById(id);

/** An element with classes and children; texts among the children stay texts. */
export function make(tag, classes, ...children) {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Seconds as m:ss, a begun second counting whole. */
export function clock(seconds) {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The letters that have been tried, in small. */
export function tried(board) {
  const shown = board.cells.filter((cell, place) => cell !== null && board.found_by[place] !== null);
  return { hits: new Set(shown.map(small)), misses: new Set(board.missed.map(small)) };
}

function small(letter) {
  return letter.toLowerCase();
}

/** The colour of a name: the same for everyone who sees it. Reds are left for what was missed. */
function hue(who) {
  let hash = 0;
  for (const char of who.toLowerCase()) hash = (hash * 31 + char.codePointAt(0)) % 9973;
  return String(HUES[hash % HUES.length]);
}

function name(who, me) {
  const element = make("b", who === me ? "name me" : "name", who);
  element.dir = "auto";
  element.style.setProperty("--hue", hue(who));
  return element;
}

function fill(id, ...children) {
  at(id).replaceChildren(...children.filter((child) => child !== null && child !== ""));
}

// --- the game -----------------------------------------------------------------------------------------------------

export function paintGame(model) {
  const { board } = model;
  const over = OUTCOMES[board.status];
  const game = at("game");
  game.dataset.status = board.status;
  game.classList.toggle("my-turn", model.myTurn);
  at("art").textContent = board.art;
  const idle = board.setter ? board.caption : "No round yet: begin one, or wait for the others.";
  const facts = board.status === "idle" ? [idle] : [`Round ${board.round}`, board.mode, board.wordlist];
  fill("title", facts.filter(Boolean).join(" · "), over ? make("strong", "outcome", over) : null);
  fill("lives", ...lives(board));
  const missed = [...board.missed, ...board.words_missed];
  fill("missed", ...(missed.length ? [make("span", "label", "missed "), make("span", "letters", missed.join(" "))] : []));
  fill("hint", ...(board.hint ? [make("span", "label", "hint "), board.hint] : []));
  fill("word", ...word(board));
  at("word").dir = RIGHT_TO_LEFT.test([...board.cells, board.secret ?? ""].join("")) ? "rtl" : "ltr";
  paintClock(model, Date.now());
  const spoken = [over ? `Round over: ${board.status}.` : "", board.caption, model.myTurn ? "Your turn." : ""];
  const said = board.cells.length ? spoken.filter(Boolean).join(" ") : "";
  if (at("spoken").textContent !== said) at("spoken").textContent = said;
}

/** Whose turn it is and how long; the only thing that changes by itself. */
export function paintClock(model, now) {
  const { board } = model;
  const seconds = model.secondsLeft(now);
  const left = seconds === null ? null : make("span", seconds < 10 ? "clock soon" : "clock", clock(seconds));
  let who = [];
  if (board.status === "playing" && model.myTurn) who = [make("strong", "yours", "Your turn")];
  else if (board.status === "playing" && board.turn) who = ["Turn of ", name(board.turn, model.name)];
  else if (board.status === "playing" && board.setter) {
    who = board.setter === model.name ? ["Your word"] : ["Set by ", name(board.setter, model.name)];
  }
  fill("turn", ...who, left);
}

function lives(board) {
  if (board.status === "idle" || board.max_lives === 0) return [];
  const left = Math.max(0, Math.min(board.lives, board.max_lives));
  const number = `${left} of ${board.max_lives}`;
  if (board.max_lives > 15) return [make("span", "label", "lives "), number];
  const hearts = make("span", "hearts", "♥".repeat(left), make("span", "gone", "♥".repeat(board.max_lives - left)));
  hearts.setAttribute("aria-hidden", "true");
  return [hearts, make("span", "label", ` ${number}`)];
}

/** The word as cells, in groups that are not broken; once it is over, what nobody found too. */
function word(board) {
  const secret = board.secret === null ? [] : graphemes(board.secret);
  const rest = secret.length === board.cells.length ? secret : [];
  const groups = [];
  let group = null;
  let longest = 1;
  board.cells.forEach((cell, place) => {
    if (cell === " ") {
      group = null;
      return;
    }
    if (group === null) groups.push((group = make("span", "group")));
    const finder = board.found_by[place];
    const letter = cell ?? rest[place] ?? "\u00a0";
    const kind = cell !== null ? (finder ? "cell found" : "cell given") : rest[place] ? "cell unfound" : "cell";
    const element = make("span", kind, letter);
    if (cell !== null && finder) {
      element.style.setProperty("--hue", hue(finder));
      element.title = `found by ${finder}`;
    }
    group.append(element);
    longest = Math.max(longest, group.childElementCount);
  });
  at("word").style.setProperty("--longest", String(longest));
  return groups;
}

function graphemes(text) {
  if (!("Segmenter" in Intl)) return [...text];
  return [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map(({ segment }) => segment);
}

// --- letters ------------------------------------------------------------------------------------------------------

/** The letter keys of an alphabet, each showing what is known of it. */
export function paintKeys(model, alphabet) {
  const { hits, misses } = tried(model.board);
  const letters = [...new Set([...(alphabet ?? LATIN), ...hits, ...misses])];
  const pad = at("keys");
  const focused = pad.contains(document.activeElement) ? document.activeElement.dataset.letter : null;
  if (pad.dataset.letters !== letters.join("")) {
    pad.dataset.letters = letters.join("");
    pad.dir = RIGHT_TO_LEFT.test(letters.join("")) ? "rtl" : "ltr";
    pad.replaceChildren(...letters.map(key));
    pad.querySelector("button").tabIndex = 0;
  }
  for (const button of pad.children) {
    const { letter } = button.dataset;
    const state = hits.has(letter) ? "hit" : misses.has(letter) ? "miss" : "";
    button.dataset.state = state;
    // not `disabled`: a key that loses the focus throws a keyboard's or screen reader's user to the top of the page
    button.setAttribute("aria-disabled", String(state !== "" || !model.mayGuess));
    button.setAttribute("aria-label", { hit: `${letter}, in the word`, miss: `${letter}, missed`, "": letter }[state]);
    if (letter === focused) button.focus();
  }
}

function key(letter) {
  const button = make("button", "key", letter);
  button.type = "button";
  button.dataset.letter = letter;
  button.tabIndex = -1; // one stop for Tab, the arrow keys move within
  return button;
}

// --- people -------------------------------------------------------------------------------------------------------

export function paintPeople(model) {
  const members = [...model.members.values()];
  const playing = members.filter((member) => member.seated).length;
  const watching = model.total - playing;
  at("count").textContent = `${playing} playing${watching > 0 ? `, ${watching} watching` : ""}`;
  const rank = (member) => [!member.seated, !member.connected, -member.score];
  members.sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const at = x.findIndex((value, place) => value !== y[place]);
    return at < 0 ? a.name.localeCompare(b.name) : x[at] - y[at];
  });
  const sheets = new Map(model.board.players.map((player) => [player.name, player]));
  const rows = members.map((member) => person(model, member, sheets.get(member.name)));
  const more = model.total - members.length;
  if (more > 0) rows.push(make("li", "more", `and ${more} more`));
  fill("roster", ...rows);
}

function person(model, member, sheet) {
  const { board } = model;
  const turn = board.status === "playing" && board.turn === member.name;
  const tags = [
    member.name === model.name && "you",
    member.role !== "member" && member.role,
    board.status === "playing" && board.setter === member.name && "setter",
    turn && "turn",
    !member.connected && "away",
    !member.seated && "watching",
  ].filter(Boolean);
  const row = make("li", [turn && "turn", !member.connected && "away"].filter(Boolean).join(" "));
  row.append(name(member.name, model.name));
  if (tags.length) row.append(make("span", "tags", ` ${tags.join(", ")}`));
  const score = make("span", "score", `${member.score}`);
  score.title = "points";
  if (sheet !== undefined) {
    const place = sheet.place === null || sheet.place === undefined ? "" : `#${sheet.place} · `;
    row.append(make("span", "sheet", `${place}${sheet.found} found ♥${sheet.lives}`));
  }
  row.append(score);
  return row;
}

// --- the log ------------------------------------------------------------------------------------------------------

const drawn = new WeakMap(); // summaries whose points may still change -> their element

/** Adds entries to the log and stays at its foot if it was there. */
export function say(model, entries) {
  const log = at("log");
  const atFoot = isAtFoot();
  for (const entry of entries) {
    const old = drawn.get(entry);
    const element = entry.kind === "summary" ? summary(entry, model.name) : line(entry, model.name);
    if (entry.kind === "summary") drawn.set(entry, element);
    if (old?.isConnected) old.replaceWith(element);
    else log.append(element);
  }
  while (log.childElementCount > MOST_ENTRIES) log.firstElementChild.remove();
  if (atFoot || entries.some((entry) => entry.mine)) toFoot();
  else {
    const newer = at("newer");
    newer.dataset.count = String(Number(newer.dataset.count ?? 0) + entries.length);
    newer.textContent = `↓ ${newer.dataset.count} new`;
    newer.hidden = newer.dataset.count === "0";
  }
}

export function isAtFoot() {
  const log = at("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 40;
}

export function toFoot() {
  const log = at("log");
  log.scrollTop = log.scrollHeight;
  at("newer").hidden = true;
  at("newer").dataset.count = "0";
}

function line(entry, me) {
  const classes = ["entry", entry.kind, entry.mine && "mine", entry.namesMe && "names-me", entry.replay && "replay"];
  const element = make("p", classes.filter(Boolean).join(" "));
  if (entry.kind === "rule") return element.append(make("span", "", entry.text)), element;
  if (MARKS[entry.kind]) {
    const mark = make("span", "mark", `${MARKS[entry.kind]} `);
    mark.setAttribute("aria-hidden", "true");
    element.append(mark);
  }
  if (entry.who) {
    element.append(name(entry.who, me));
    if (entry.to) element.append(" → ", name(entry.to, me));
    element.append(entry.kind === "action" ? " " : ": ");
  }
  const text = make("span", "text", entry.text);
  text.dir = "auto";
  element.append(text);
  return element;
}

/** A finished round as something worth looking at: picture, word, who found what, the misses, the points. */
function summary({ board, points }, me) {
  const card = make("section", `summary ${board.status}`);
  card.append(make("h3", "", `Round ${board.round}: ${OUTCOMES[board.status] ?? board.status}`));
  const art = make("pre", "art", board.art);
  art.setAttribute("aria-hidden", "true");
  const facts = make("div", "facts", make("p", "solution", board.secret));
  facts.firstElementChild.dir = "auto";
  for (const [finder, letters] of found(board)) {
    facts.append(make("p", "", name(finder, me), " found ", make("span", "letters", letters.join(" "))));
  }
  const missed = [...board.missed, ...board.words_missed];
  if (missed.length) facts.append(make("p", "missed", "missed ", make("span", "letters", missed.join(" "))));
  if (points.length) {
    const gains = points.slice(0, 8).map(([who, gain]) => make("li", "", name(who, me), ` ${gain > 0 ? "+" : ""}${gain}`));
    facts.append(make("ul", "points", ...gains));
  }
  card.append(make("div", "scene", art, facts));
  return card;
}
