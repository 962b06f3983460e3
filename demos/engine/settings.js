// The state of a demo as it stands in the address: "at:1,2;picture:seven;turn:1".

/** Read a state; what is missing, unknown or of the wrong kind stays as in `defaults`. */
export function readSettings(text, defaults) {
  const state = { ...defaults };
  for (const part of (text ?? "").split(";")) {
    const [name, value] = part.split(":");
    if (!Object.hasOwn(defaults, name) || value === undefined) continue;
    const read = readValue(value, defaults[name]);
    if (read !== undefined) state[name] = read;
  }
  return state;
}

function readValue(value, like) {
  if (Array.isArray(like)) {
    const numbers = value === "" ? [] : value.split(",").map(number);
    return numbers.includes(undefined) ? undefined : numbers;
  }
  if (typeof like === "number") return number(value);
  return /^[\w-]*$/.test(value) ? value : undefined;
}

const number = (text) =>
  (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);

/** Write a state: only what differs from `defaults`. */
export function writeSettings(state, defaults) {
  return Object.keys(defaults)
    .filter((name) => String(state[name]) !== String(defaults[name]))
    .map((name) => `${name}:${state[name]}`)
    .join(";");
}

/** A number that a reader typed: "-3", "−3", "0,5", "1/9"; undefined if it is none. */
export function readNumber(text) {
  const parts = text.trim().replace(/[−–]/g, "-").replace(",", ".").split("/");
  if (parts.length > 2 || parts.some((part) => part.trim() === "")) return undefined;
  const value = parts.map(Number).reduce((above, below) => above / below);
  return Number.isFinite(value) ? value : undefined;
}

/** A number as the page shows it: at most `digits` decimals, with a true minus sign. */
export function showNumber(value, digits = 2) {
  const text = String(Number(value.toFixed(digits)));
  return text === "-0" ? "0" : text.replace("-", "−");
}

/** A whole number between two others. */
export const within = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);
