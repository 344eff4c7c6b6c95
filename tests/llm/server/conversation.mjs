// Which conversation a request belongs to, and which of its turns is asked for. Reads no reply.

const LINES = { agent: "Agent", dataset: "Dataset", task: "Task", attempt: "Attempt" };

// Messages of a request in the form that aimock gives those of all dialects: chat completions.
export function identify(messages) {
  const said = text(messages.find((message) => message.role === "user")?.content);
  const found = {};
  for (const [key, word] of Object.entries(LINES)) {
    found[key] = said.match(new RegExp(`^${word}: *(.*?) *$`, "m"))?.[1];
  }
  return { ...found, turn: turns(messages) };
}

// Folder of a conversation's replies; what a first attempt is called is not told.
export function folder({ agent, dataset, task, attempt }) {
  const name = [agent ?? "unnamed"];
  if (task && task !== "-") name.push(task);
  if (attempt && attempt !== "1") name.push(attempt);
  return `${plain(dataset ?? "unnamed")}/${plain(name.join("."))}`;
}

// How often the model has spoken. The dialect `responses` makes one item of every call, and aimock one message of
// every item, so that what follows each other is one turn.
function turns(messages) {
  return messages.filter((message, at) => message.role === "assistant" && messages[at - 1]?.role !== "assistant").length;
}

function text(content) {
  if (Array.isArray(content)) return content.map((part) => part.text ?? "").join("");
  return content ?? "";
}

// A name that stays below the folder of replies, whatever a request says.
function plain(name) {
  return name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_");
}
