// Which fault meets a request: those that a reply names, then those of chance. Chance depends on a seed, the
// conversation, the turn and how often the turn was asked for, and so not on the order in which requests arrive.

import { createHash } from "node:crypto";

// A turn meets no more faults of chance than this, so that a client with patience always gets through.
const MOST_IN_A_ROW = 3;

export class Faults {
  constructor({ errors, drop, malformed, seed, retryAfter }) {
    Object.assign(this, { errors, drop, malformed, seed, retryAfter });
  }

  // The fault for the `sent`-th request (from 0) for a turn, or undefined.
  of(named, key, sent) {
    if (sent < named.length) return named[sent];
    const count = sent - named.length;
    if (count >= MOST_IN_A_ROW) return undefined;
    let point = draw(`${this.seed} ${key} ${count}`);
    for (const [share, fault] of [
      [this.errors, { status: 429, retry_after: this.retryAfter }],
      [this.drop, { disconnect: 0 }],
      [this.malformed, { malformed: true }],
    ]) {
      if (point < share) return fault;
      point -= share;
    }
    return undefined;
  }
}

// A number in [0, 1) from a text.
function draw(text) {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}

const TYPES = { 400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error" };

// A failure in the form that aimock turns into each dialect's own.
export function failure({ status, message, type, code, retry_after: retryAfter }) {
  const error = { message: message ?? `scripted: status ${status}`, type: type ?? TYPES[status] ?? "api_error" };
  if (code !== undefined) error.code = code;
  return { error, status, retryAfter };
}
