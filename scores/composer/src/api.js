// The REST API, as everyone else speaks it; the session of the admin signs the request.

import { refusal } from "./graph/labels.js";

let token = "";
export const signWith = (csrf) => {
  token = csrf;
};

/** A refusal: `code`, `message` and `details` as the API told them. */
export class Refused extends Error {
  constructor(status, told) {
    super(refusal(told));
    Object.assign(this, { status, code: told.code, details: told.details ?? {} });
  }
}

/** {body, etag} of an answer; Refused when there is none. */
export async function call(method, path, body, headers = {}) {
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: { Accept: "application/json", "X-CSRFToken": token, ...sent, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, { code: "unreachable", message: "Maestro cannot be reached; what you changed stays here." });
  }
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said ?? { code: "unknown", message: `The answer was ${answer.status}.` });
  return { body: said, etag: answer.headers.get("ETag") };
}

export const get = async (path) => (await call("GET", path)).body;

/** Every item of a list, page by page. */
export async function all(path) {
  const items = [];
  let cursor = null;
  do {
    const query = new URLSearchParams({ limit: 200, ...(cursor ? { cursor } : {}) });
    const page = await get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

/** What nodes can be made of: operations, agents, scores. */
export async function loadCatalog() {
  const [skills, agents, scores, workspace] = await Promise.all([
    get("/skills"),
    all("/agents"),
    all("/scores"),
    get("/workspace"),
  ]);
  return catalogOf({ skills: skills.items, agents, scores, defaultModel: workspace.default_model });
}

export function catalogOf({ skills = [], agents = [], scores = [], defaultModel = "" }) {
  const named = skills.flatMap((skill) =>
    skill.operations.map((one) => [`${skill.name}.${one.name}`, { ...one, skill: skill.name, icon: skill.icon }]),
  );
  return {
    skills: new Map(skills.map((skill) => [skill.name, skill])),
    operations: new Map(named),
    agents: new Map(agents.map((agent) => [agent.id, agent])),
    scores: new Map(scores.map((score) => [score.id, score])),
    defaultModel,
  };
}
