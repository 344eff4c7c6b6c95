// A model whose replies are written by hand, as a server on a free port of loopback: `node server.mjs --replies FOLDER`.
// Prints its base URL, then serves until its standard input ends. What replies look like is in ../README.md.

import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

import { LLMock } from "@copilotkit/aimock";

import { folder, identify } from "./conversation.mjs";
import { Faults, failure } from "./faults.mjs";
import { Unwritten, read } from "./replies.mjs";

const OPTIONS = {
  replies: { type: "string" },
  // Share of requests, from 0 to 1, that get 429, a closed connection, or a body that is no JSON.
  errors: { type: "string", default: "0" },
  drop: { type: "string", default: "0" },
  malformed: { type: "string", default: "0" },
  seed: { type: "string", default: "0" },
  // Seconds in the header Retry-After of a 429 of chance.
  "retry-after": { type: "string", default: "1" },
  // Milliseconds before every reply, and on top before the first reply of each turn.
  latency: { type: "string", default: "0" },
  "delay-first": { type: "string", default: "0" },
  // Where to note what was asked: one JSON line a request, a file a conversation.
  requests: { type: "string" },
};
const { values } = parseArgs({ options: OPTIONS });
if (!values.replies) throw new Error("--replies FOLDER is missing");

const faults = new Faults({
  errors: Number(values.errors),
  drop: Number(values.drop),
  malformed: Number(values.malformed),
  seed: values.seed,
  retryAfter: Number(values["retry-after"]),
});
const sent = new Map();
const plans = new WeakMap();
// Requests whose replies are under way.
let inside = 0;

// What becomes of a request: decided once, when aimock first looks for a fixture.
function plan(request) {
  let decided = plans.get(request);
  if (decided) return decided;
  const conversation = identify(request.messages);
  const place = folder(conversation);
  const key = `${place}/${conversation.turn}`;
  const count = sent.get(key) ?? 0;
  sent.set(key, count + 1);
  decided = { ...conversation, place, count };
  try {
    decided.reply = read(values.replies, place, conversation.turn);
    decided.fault = faults.of(decided.reply.faults ?? [], key, count);
  } catch (problem) {
    if (!(problem instanceof Unwritten)) throw problem;
    console.error(problem.message);
    decided.fault = { status: 404, message: problem.message, type: "not_found_error" };
  }
  plans.set(request, decided);
  note(decided, request);
  return decided;
}

function note({ place, turn, count, fault }, request) {
  if (!values.requests) return;
  mkdirSync(values.requests, { recursive: true });
  const { model, messages, tools, tool_choice, response_format, max_tokens, stream } = request;
  const line = JSON.stringify({ turn, count, fault, beside: inside, model, messages, tools, tool_choice, response_format, max_tokens, stream });
  appendFileSync(join(values.requests, `${place.replaceAll("/", "__")}.jsonl`), `${line}\n`);
}

async function respond(request) {
  inside += 1;
  try {
    return await replyTo(request);
  } finally {
    inside -= 1;
  }
}

async function replyTo(request) {
  const { reply, fault, count, turn } = plan(request);
  const wait = Number(values.latency) + (count === 0 ? Number(values["delay-first"]) : 0);
  if (wait > 0) await sleep(wait);
  if (fault?.status) return failure(fault);
  if (reply.error) return failure(reply.error);
  const content = typeof reply.text === "object" ? JSON.stringify(reply.text) : (reply.text ?? "");
  // Ids that are the same in every run: requests contain those of earlier turns, and cassettes are keyed by requests.
  const toolCalls = (reply.tool_calls ?? []).map((call, index) => ({
    id: `call_${turn}_${index}`,
    name: call.name,
    arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments),
  }));
  const overrides = { id: `reply_${turn}`, created: 0, usage: usage(request, reply) };
  if (reply.finish) overrides.finishReason = reply.finish;
  if (toolCalls.length === 0) return { content, ...overrides };
  return content ? { content, toolCalls, ...overrides } : { toolCalls, ...overrides };
}

// About four characters a token, in the words of all dialects.
function usage(request, reply) {
  const input = reply.usage?.input ?? Math.ceil(JSON.stringify([request.messages, request.tools ?? []]).length / 4);
  const output = reply.usage?.output ?? Math.ceil(JSON.stringify([reply.text, reply.tool_calls]).length / 4);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    input_tokens: input,
    output_tokens: output,
  };
}

const server = new LLMock({ host: "127.0.0.1", port: 0, logLevel: "warn", journalMaxEntries: 1 });
// The first that fits is served. Faults of the connection are aimock's own, with certainty instead of chance.
const fits = (test) => ({ predicate: (request) => Array.isArray(request.messages) && test(plan(request).fault ?? {}, request) });
server.addFixtures([
  { match: fits((fault) => fault.malformed), response: respond, chaos: { malformedRate: 1 } },
  // Only a stream can be cut after some events; another reply is cut before its first byte.
  ...[1, 2, 3, 4, 5].map((events) => ({
    match: fits((fault, request) => fault.disconnect === events && request.stream === true),
    response: respond,
    truncateAfterChunks: events,
    // Milliseconds between events: those before the cut would otherwise still be in the socket's buffer, and be lost.
    latency: 5,
  })),
  { match: fits((fault) => fault.disconnect !== undefined), response: respond, chaos: { disconnectRate: 1 } },
  { match: fits(() => true), response: respond },
]);
console.log(await server.start());
// Whoever started it holds the other end, and may be killed.
process.stdin.resume().on("end", () => process.exit(0)).on("error", () => process.exit(0));
