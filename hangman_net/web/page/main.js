// The page put together: what is typed and tapped goes to the link, what comes is folded into the model and painted.

import { find, fits, offer, usage } from "./complete.js";
import { Link, memory } from "./link.js";
import { Model } from "./model.js";
import { at, isAtFoot, make, paintClock, paintGame, paintKeys, paintPeople, say, toFoot, tried } from "./view.js";

const ACTIONS = [ // what is worth a button: a command and its label; with a blank behind it, it is only begun
  ["new", "New round"],
  ["new ", "Choose…"],
  ["hint", "Hint"],
  ["stop", "Stop"],
  ["play", "Sit down"],
  ["invite", "Invite"],
];
const ENDINGS = {
  quit: "You have left the table.",
  kicked: "You were sent away from the table. You may come back.",
  banned: "You may not play here any more.",
  replaced: "You sit at this table in another tab or window now.",
  full: "There is no place left just now.",
  limit: "Too much at once. Wait a minute, then come back.",
  too_big: "This page sent more than the server takes. Reload it.",
  protocol: "The server did not understand this page. Reload it.",
  bad_version: "This page is older than its server. Reload it.",
};
const MOST_OFFERS = 60;

const model = new Model();
const link = new Link(socketUrl(), received, (state) => { stateOf = state; paintLink(); });
let stateOf = { is: "closed" };
let alphabet = null; // the letters of this round, as far as the server tells
let asked = null; // the question about them: {id, round}
let choice = { start: 0, items: [], chosen: -1, question: null }; // the menu of completions
let history = [];
let recalled = 0;

function socketUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
}

/** The room in the address, and the word that opens it: `#room` or `#room/word`. */
function invitation() {
  const [room, invite] = location.hash.slice(1).split("/").map((part) => decodeURIComponent(part));
  return { room: room || undefined, invite: invite || undefined };
}

// --- what comes -----------------------------------------------------------------------------------------------------

function received(message) {
  if (message.type === "completions") return answered(message);
  const entries = model.update(message, Date.now());
  switch (message.type) {
    case "welcome":
      at("log").setAttribute("aria-busy", "true"); // what was said before is not read out
      break;
    case "board":
      askLetters();
      paintGame(model);
      at("log").removeAttribute("aria-busy");
      break;
    case "roster":
      shownRoom();
      break;
  }
  if (message.type !== "chat" && message.type !== "notice") paintAll();
  say(model, entries);
}

function paintAll() {
  paintGame(model);
  paintKeys(model, alphabet);
  paintPeople(model);
  paintActions();
  at("place").textContent = model.room;
  const turn = model.myTurn ? "Your turn! " : "";
  document.title = `${turn}${model.room ? `${model.room} · ` : ""}hangman`;
}

function shownRoom() {
  const hash = `#${encodeURIComponent(model.room)}`;
  if (location.hash !== hash) window.history.replaceState(null, "", hash);
}

/** Ask the server for the letters of the word's alphabet, once a round. */
function askLetters() {
  if (model.phase !== "playing" || asked?.round === model.board.round) return;
  alphabet = null;
  asked = { id: link.complete("/guess "), round: model.board.round };
}

function answered({ id, items }) {
  if (id === asked?.id) {
    const letters = items.map((item) => item.text).filter((text) => [...text].length === 1);
    if (letters.length > 1) alphabet = letters;
    paintKeys(model, alphabet);
  } else if (id === choice.question) {
    const known = new Set(choice.items.map((item) => item.text));
    choice.items.push(...items.filter((item) => !known.has(item.text)));
    paintMenu();
  }
}

// --- the connection -------------------------------------------------------------------------------------------------

function paintLink() {
  const { is, reason, text, retryAt } = stateOf;
  const status = at("link");
  document.body.dataset.link = is;
  if (is === "lost") {
    if (model.room !== "" && status.dataset.is !== "lost") model.lost();
    const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    status.textContent = `Connection lost: ${reason}. Trying again${left > 0 ? ` in ${left} s` : ""}…`;
  } else if (is === "connecting") status.textContent = "Connecting…";
  else if (is === "online") {
    status.textContent = "";
    asked = null;
    if (at("door").open) at("door").close();
    focusLine();
  } else status.textContent = "";
  status.dataset.is = is;
  if (is === "closed" && reason !== undefined) askWho(reason, text);
}

// --- coming in ------------------------------------------------------------------------------------------------------

/** Shows the door: who comes in? `reason` is why one is not in, if one was or tried. */
function askWho(reason, text) {
  const door = at("door");
  const why = at("why");
  const refused = reason !== undefined && reason !== "quit";
  why.textContent = ENDINGS[reason] ?? text ?? "";
  why.hidden = why.textContent === "";
  why.classList.toggle("bad", refused);
  at("secret").hidden = reason !== "forbidden";
  at("play").textContent = reason === "replaced" ? "Play here" : reason === "quit" ? "Come back" : "Play";
  const { room } = invitation();
  at("where").textContent = room ? `You are asked to the table “${room}”.` : "";
  at("name").value ||= memory.read().name ?? "";
  if (!door.open) door.showModal();
  (at("secret").hidden ? at("name") : at("password")).focus();
}

function enter() {
  const { token, name: was } = memory.read();
  const name = at("name").value.trim() || undefined;
  const password = at("password").value || undefined;
  const { room, invite = password } = invitation();
  // Another name than last time is another person.
  link.enter({ name, room, invite, password, token: name === undefined || name === was ? token : undefined });
}

function arrive() {
  const { token, name, room } = memory.read();
  if (token === undefined) askWho();
  else link.enter({ token, name, room: invitation().room ?? room, invite: invitation().invite });
}

// --- what is typed and tapped ---------------------------------------------------------------------------------------

function send(text) {
  link.send(text);
  toFoot();
}

function guess(letter) {
  const { hits, misses } = tried(model.board);
  if (model.mayGuess && !hits.has(letter) && !misses.has(letter)) send(`/guess ${letter}`);
}

function paintActions() {
  const buttons = [];
  for (const [head, label] of ACTIONS) {
    const command = find(head.trim(), model.commands);
    if (command === undefined || !fits(command, model.phase)) continue;
    if (head === "play" && (model.me?.seated ?? true)) continue;
    if (["hint", "stop"].includes(head) && model.phase !== "playing") continue;
    const button = make("button", head === "new" ? "first" : "", label);
    button.type = "button";
    button.title = command.summary;
    button.dataset.command = `/${head}`;
    buttons.push(button);
  }
  const old = [...at("actions").children].map((button) => button.dataset.command).join();
  if (buttons.map((button) => button.dataset.command).join() !== old) at("actions").replaceChildren(...buttons);
}

function focusLine() {
  // a phone's keyboard would cover the table before anybody has seen it
  if (matchMedia("(pointer: fine)").matches) at("line").focus();
}

// --- completion -----------------------------------------------------------------------------------------------------

function typed() {
  const input = at("line");
  const text = input.value.slice(0, input.selectionStart ?? input.value.length);
  const people = [...model.members.keys()];
  const found = offer(text, model.commands, model.phase, people);
  const question = found.ask ? link.complete(text) : null;
  choice = { start: found.start, items: found.items, chosen: -1, question };
  paintMenu();
}

function paintMenu() {
  const menu = at("menu");
  const input = at("line");
  const rows = choice.items.slice(0, MOST_OFFERS).map((item, place) => {
    const row = make("li", "", make("b", "", item.text), item.help ? make("span", "", ` ${item.help}`) : null);
    row.id = `offer-${place}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(place === choice.chosen));
    return row;
  });
  menu.replaceChildren(...rows);
  menu.hidden = rows.length === 0;
  input.setAttribute("aria-expanded", String(!menu.hidden));
  if (choice.chosen >= 0) {
    input.setAttribute("aria-activedescendant", `offer-${choice.chosen}`);
    rows[choice.chosen].scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
  const told = usage(input.value, model.commands, model.phase);
  at("usage").textContent = told?.text ?? "";
  at("usage").hidden = told === null;
  at("usage").classList.toggle("wrong", told?.wrong ?? false);
}

/** Puts the beginning of a command into the line, with what could follow. */
function begin(text) {
  at("line").value = text;
  at("line").focus();
  typed();
}

function closeMenu() {
  choice = { start: 0, items: [], chosen: -1, question: null };
  paintMenu();
}

/** Puts an offer in place of the word at the cursor. */
function take(item) {
  const input = at("line");
  const end = input.selectionStart ?? input.value.length;
  const blank = item.text.endsWith("=") ? "" : " ";
  const before = input.value.slice(0, choice.start) + item.text + blank;
  input.value = before + input.value.slice(end).trimStart();
  input.setSelectionRange(before.length, before.length);
  input.focus();
  typed();
}

/** Tab: what all offers have in common, or the only or chosen one. */
function tab() {
  const { items, chosen, start } = choice;
  if (chosen >= 0 || items.length === 1) return take(items[Math.max(0, chosen)]);
  const input = at("line");
  const end = input.selectionStart ?? input.value.length;
  const texts = items.map((item) => item.text);
  let common = 0;
  while (texts.every((text) => common < text.length && text[common].toLowerCase() === texts[0][common].toLowerCase())) {
    common += 1;
  }
  if (common > end - start) {
    const before = input.value.slice(0, start) + texts[0].slice(0, common);
    input.value = before + input.value.slice(end);
    input.setSelectionRange(before.length, before.length);
    typed();
  } else move(1);
}

function move(step) {
  const most = Math.min(choice.items.length, MOST_OFFERS);
  choice.chosen = choice.chosen < 0 && step < 0 ? most - 1 : (choice.chosen + step + most) % most;
  paintMenu();
}

function recall(step) {
  recalled = Math.max(0, Math.min(history.length, recalled + step));
  at("line").value = history[recalled] ?? "";
  closeMenu();
}

// --- events ---------------------------------------------------------------------------------------------------------

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});
at("door").addEventListener("cancel", (event) => event.preventDefault()); // there is nothing behind it yet

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = at("line");
  const text = input.value;
  if (text.trim() === "") return;
  send(text);
  if (!/^\/secret\b/i.test(text)) history = [...history.filter((line) => line !== text).slice(-99), text];
  recalled = history.length;
  input.value = "";
  closeMenu();
});

at("line").addEventListener("input", typed);
at("line").addEventListener("blur", () => setTimeout(() => at("line") !== document.activeElement && closeMenu(), 150));
at("line").addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const open = !at("menu").hidden;
  const keys = {
    Tab: () => open && !event.shiftKey && (tab(), true),
    Escape: () => open && (closeMenu(), true),
    ArrowDown: () => (open ? (move(1), true) : (recall(1), true)),
    ArrowUp: () => (open ? (move(-1), true) : (recall(-1), true)),
    Enter: () => open && choice.chosen >= 0 && (take(choice.items[choice.chosen]), true),
  };
  if (keys[event.key]?.()) event.preventDefault();
});
at("menu").addEventListener("pointerdown", (event) => event.preventDefault()); // the line keeps the focus
at("menu").addEventListener("click", (event) => {
  const row = event.target.closest("li");
  if (row) take(choice.items[[...at("menu").children].indexOf(row)]);
});

at("keys").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) guess(button.dataset.letter);
});
at("keys").addEventListener("keydown", (event) => {
  const buttons = [...at("keys").children];
  const here = buttons.indexOf(document.activeElement);
  const step = at("keys").dir === "rtl" ? -1 : 1;
  const row = buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length;
  const moves = { ArrowRight: step, ArrowLeft: -step, ArrowDown: row, ArrowUp: -row, Home: -here, End: buttons.length - 1 - here };
  if (event.key in moves) {
    const next = buttons[here + moves[event.key]];
    if (next === undefined) return;
    buttons[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  } else if (!event.ctrlKey && !event.altKey && !event.metaKey) {
    const typedKey = buttons.find((button) => button.dataset.letter === event.key.toLowerCase());
    if (typedKey) guess(typedKey.dataset.letter);
  }
});

at("actions").addEventListener("click", (event) => {
  const command = event.target.closest("button")?.dataset.command;
  if (command?.endsWith(" ")) begin(command);
  else if (command) send(command);
});
at("help").addEventListener("click", () => send("/help"));
at("leave").addEventListener("click", () => send("/q"));
at("newer").addEventListener("click", toFoot);
at("log").addEventListener("scroll", () => isAtFoot() && toFoot());

// Whoever begins to type means the line, wherever the focus is.
addEventListener("keydown", (event) => {
  const elsewhere = document.activeElement === document.body || document.activeElement === at("log");
  const prints = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (elsewhere && prints && !at("door").open) at("line").focus();
});
addEventListener("hashchange", () => {
  const { room, invite } = invitation();
  if (room && room !== model.room) send(`/room ${room}${invite ? ` ${invite}` : ""}`);
});
addEventListener("resize", toFoot);

setInterval(() => {
  if (stateOf.is === "lost") paintLink();
  if (model.board.seconds !== null && model.phase === "playing") paintClock(model, Date.now());
}, 250);

arrive();
