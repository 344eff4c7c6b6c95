// Reads replies that were written by hand. Knows nothing of dialects and of faults.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

// No reply was written for a turn, or it can't be read.
export class Unwritten extends Error {}

// The reply of one turn: `<folder>/NN.json`, every `{"$file": "name"}` in it replaced by that file's text.
export function read(root, folder, turn) {
  const path = join(root, folder, `${String(turn).padStart(2, "0")}.json`);
  let written;
  try {
    written = readFileSync(path, "utf8");
  } catch {
    throw new Unwritten(`no reply is written: ${path}`);
  }
  try {
    return checked(resolve(JSON.parse(written), dirname(path)));
  } catch (problem) {
    throw new Unwritten(`${path}: ${problem.message}`);
  }
}

function resolve(value, beside) {
  if (Array.isArray(value)) return value.map((item) => resolve(item, beside));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$file === "string") {
    const unknown = Object.keys(value).filter((key) => key !== "$file");
    if (unknown.length > 0) throw new Error(`\`$file\` stands alone, not beside ${unknown.join(", ")}`);
    return readFileSync(join(beside, value.$file), "utf8");
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, beside)]));
}

const KEYS = ["text", "tool_calls", "finish", "usage", "error", "faults", "note"];

// A slip of the pen is told at once, rather than served as silence.
function checked(reply) {
  const unknown = Object.keys(reply).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) throw new Error(`no reply has ${unknown.join(", ")}; there are ${KEYS.join(", ")}`);
  if (reply.text === undefined && reply.tool_calls === undefined && reply.error === undefined) {
    throw new Error("a reply has `text`, `tool_calls` or `error`");
  }
  for (const call of reply.tool_calls ?? []) {
    if (typeof call.name !== "string" || call.arguments === undefined) {
      throw new Error("a call has `name` and `arguments`");
    }
  }
  return reply;
}
