// Completes a half-typed line from the server's catalogue, and says what is wrong with it before it is sent.
// It knows catalogue entries and the words of a line; what only the server can complete it marks with `ask`.

/** The command of that name or alias, read without case and without the slash. */
export function find(head, commands) {
  const wanted = head.toLowerCase();
  return commands.find((command) => [command.name, ...command.aliases].some((one) => one.toLowerCase() === wanted));
}

/** Whether a command may be used in a phase. */
export function fits(command, phase) {
  return command.phase === "any" || command.phase === phase;
}

/** What could stand in place of `text.slice(start)`: `{start, items: [{text, help}], ask}`. */
export function offer(text, commands, phase, people) {
  const nothing = { start: text.length, items: [], ask: false };
  if (!text.startsWith("/") || text.startsWith("//")) return nothing;
  const blank = text.indexOf(" ");
  if (blank < 0) return { start: 0, items: namesOf(text.slice(1), commands, phase), ask: false };
  const command = find(text.slice(1, blank), commands);
  if (command === undefined || command.args.length === 0) return nothing;
  const words = text.slice(blank + 1).match(/\S+/g) ?? [];
  const last = /\s$/.test(text) ? "" : (words.pop() ?? "");
  return argument(command, words, last, text.length - last.length, people);
}

/** `{text, wrong}` to show beside the line: the usage of its command, or why it will be refused; null for chat. */
export function usage(text, commands, phase) {
  if (!text.startsWith("/") || text.startsWith("//") || text === "/") return null;
  const [head, ...rest] = text.slice(1).split(" ");
  const command = find(head, commands);
  if (command === undefined) {
    const begun = rest.length === 0 && namesOf(head, commands, phase).length > 0;
    return begun ? null : { text: `There is no command /${head}`, wrong: true };
  }
  if (!fits(command, phase)) {
    const when = command.phase === "playing" ? "while a round runs" : "between rounds";
    return { text: `/${command.name} works ${when}`, wrong: true };
  }
  return { text: `${command.usage || "/" + command.name} – ${command.summary}`, wrong: false };
}

function namesOf(head, commands, phase) {
  const wanted = head.toLowerCase();
  const fitting = commands.filter((command) => fits(command, phase));
  const byName = fitting.filter((command) => command.name.toLowerCase().startsWith(wanted));
  const items = byName.map((command) => ({ text: `/${command.name}`, help: command.summary }));
  items.sort((a, b) => (a.text < b.text ? -1 : 1));
  for (const command of fitting) {
    if (wanted === "" || byName.includes(command)) continue;
    for (const alias of command.aliases) {
      if (alias.toLowerCase().startsWith(wanted)) items.push({ text: `/${alias}`, help: command.summary });
    }
  }
  return items;
}

function argument(command, before, last, start, people) {
  const keys = new Map(command.args.filter((arg) => arg.kind !== "rest").map((arg) => [arg.name, arg]));
  const key = last.split("=", 1)[0];
  if (last.includes("=") && keys.has(key)) {
    const items = choices(keys.get(key), last.slice(key.length + 1), people, `${key}=`);
    return { start, items, ask: keys.get(key).dynamic ?? false };
  }
  const keyOf = (word) => (word.includes("=") && keys.has(word.split("=", 1)[0]) ? word.split("=", 1)[0] : null);
  const given = new Set(before.map(keyOf).filter((one) => one !== null));
  const places = command.args.filter((arg) => !given.has(arg.name) && !command.usage.includes(`${arg.name}=`));
  for (const word of before) {
    if (keyOf(word) === null && places.length > 0 && places[0].kind !== "rest") given.add(places.shift().name);
  }
  let [items, ask] = [[], false];
  if (places.length > 0) {
    items = choices(places[0], last, people);
    ask = places[0].dynamic ?? false;
    given.add(places[0].name);
    if (places[0].kind === "rest") return { start, items, ask };
  }
  const optional = [...keys.values()].filter((arg) => !arg.required && !given.has(arg.name) && arg.name.startsWith(last));
  return { start, items: [...items, ...optional.map((arg) => ({ text: `${arg.name}=`, help: arg.help ?? "" }))], ask };
}

function choices(arg, typed, people, before = "") {
  const wanted = typed.toLowerCase();
  const all = arg.choices?.length ? arg.choices : arg.kind === "player" ? people : [];
  return all
    .filter((choice) => choice.toLowerCase().startsWith(wanted))
    .map((choice) => ({ text: before + choice, help: arg.help ?? "" }));
}
