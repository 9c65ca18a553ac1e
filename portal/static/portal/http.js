// Speaks to the API: JSON both ways, the CSRF token, refusals as Problem.

export class Problem extends Error {
  constructor(body, status) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.body = body;
    this.code = body.code;
    this.fields = body.fields || [];
  }
}

export const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";

export const baseHeaders = () => ({
  Accept: "application/json, application/problem+json",
  "Accept-Language": document.documentElement.lang,
  "X-CSRFToken": csrfToken(),
});

// Returns {body, headers, status}; a refusal is thrown as Problem.
export async function ask(method, url, body, headers = {}) {
  const sent = { ...baseHeaders(), ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (method === "POST") sent["Idempotency-Key"] ??= crypto.randomUUID();
  const response = await fetch(url, {
    method,
    headers: sent,
    credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw offline();
  });
  const text = await response.text();
  const answer = text ? parsed(text) : {};
  if (!response.ok) throw new Problem(answer, response.status);
  return { body: answer, headers: response.headers, status: response.status };
}

export const get = async (url) => (await ask("GET", url)).body;
export const post = async (url, body = {}, headers) => (await ask("POST", url, body, headers)).body;

// Asks again and again until `isDone` likes the answer; `show` sees every answer.
export async function poll(url, isDone, show = () => {}, every_ms = 1000, limit_ms = 180000) {
  const end = Date.now() + limit_ms;
  for (;;) {
    const body = await get(url);
    show(body);
    if (isDone(body) || Date.now() > end) return body;
    await new Promise((resolve) => setTimeout(resolve, every_ms));
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { title: gettext("The server did not answer as it should"), detail: gettext("Try again in a moment.") };
  }
}

const offline = () =>
  new Problem(
    { code: "offline", detail: gettext("The server cannot be reached. Nothing was lost: try again.") },
    0,
  );
