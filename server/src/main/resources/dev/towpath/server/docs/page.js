// Shows the OpenAPI document of the project's endpoints, and calls them. Everything that comes from
// outside is put in as text, never as markup.
const $ = (id) => document.getElementById(id);
let token = sessionStorage.getItem("towpath-token") ?? "";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children);
  return made;
}

function say(text, bad = false) {
  $("said").textContent = text;
  $("said").className = bad ? "bad" : "";
}

function headers(more = {}) {
  return token ? { Authorization: `Bearer ${token}`, ...more } : more;
}

function kind(schema) {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const words = [schema.format ?? type ?? "any"];
  if (type === "array") {
    words[0] = `list of ${kind(schema.items ?? {})}`;
  }
  if (schema.enum) {
    words.push(`one of ${schema.enum.join(", ")}`);
  }
  const low = schema.minimum ?? schema["x-minimum"];
  const high = schema.maximum ?? schema["x-maximum"];
  if (low !== undefined) {
    words.push(`at least ${low}`);
  }
  if (high !== undefined) {
    words.push(`at most ${high}`);
  }
  if (schema.default !== undefined) {
    words.push(`${JSON.stringify(schema.default)} unless given`);
  }
  return words.join("; ");
}

function parametersOf(operation) {
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  const members = Object.entries(body?.properties ?? {}).map(([name, schema]) => ({
    name,
    schema,
    in: "body",
    required: (body.required ?? []).includes(name),
  }));
  return [...(operation.parameters ?? []), ...members];
}

function field(parameter, id) {
  const choices = parameter.schema.enum;
  if (choices) {
    const options = choices.map((value) => element("option", { value }, String(value)));
    return element("select", { id }, element("option", { value: "" }, ""), ...options);
  }
  return element("input", { id, required: parameter.required, spellcheck: "false" });
}

function value(parameter, text) {
  const list = parameter.schema.type === "array";
  const texts = list ? text.split(",").map((t) => t.trim()).filter((t) => t) : [text];
  return list ? texts : texts[0];
}

function request(path, method, fields) {
  let place = path;
  const query = new URLSearchParams();
  const body = {};
  for (const { parameter, input } of fields) {
    const text = input.value;
    if (parameter.in === "path") {
      place = place.replace(`{${parameter.name}}`, encodeURIComponent(text));
    } else if (text !== "") {
      const given = value(parameter, text);
      if (parameter.in === "body") {
        body[parameter.name] = given;
      } else {
        [given].flat().forEach((one) => query.append(parameter.name, one));
      }
    }
  }
  const url = query.size ? `${place}?${query}` : place;
  const post = method === "post";
  return {
    url,
    options: {
      method: method.toUpperCase(),
      headers: headers({ Accept: "application/json", ...(post ? { "Content-Type": "application/json" } : {}) }),
      body: post ? JSON.stringify(body) : undefined,
    },
  };
}

function curl({ url, options }) {
  const data = options.body ? ` -H 'Content-Type: application/json' -d '${options.body.replaceAll("'", "'\\''")}'` : "";
  return `curl -s -H "Authorization: Bearer $TOKEN"${data} '${location.origin}${url.replaceAll("'", "%27")}'`;
}

async function call(path, method, fields, shown) {
  const wanted = request(path, method, fields);
  shown.replaceChildren(element("pre", { tabindex: "0" }, curl(wanted)));
  try {
    const answer = await fetch(wanted.url, wanted.options);
    const text = await answer.text();
    let pretty = text;
    try {
      pretty = JSON.stringify(JSON.parse(text), null, 1);
    } catch {
      pretty = text; // no JSON: shown as it came
    }
    shown.append(element("pre", { class: answer.ok ? "" : "bad", tabindex: "0" }, `${answer.status}\n${pretty.slice(0, 100000)}`));
  } catch (e) {
    shown.append(element("p", { class: "bad" }, `the server does not answer: ${e.message}`));
  }
}

function endpoint(path, method, operation) {
  const shown = element("div", { "aria-live": "polite" });
  const fields = parametersOf(operation).map((parameter) => ({
    parameter,
    input: field(parameter, `${operation.operationId}-${parameter.name}`),
  }));
  const rows = fields.map(({ parameter, input }) =>
    element(
      "tr",
      {},
      element("td", {}, element("label", { for: input.id }, element("code", {}, parameter.name), parameter.required ? " *" : "")),
      element("td", {}, input),
      element("td", { class: "kind" }, `${parameter.in}; ${kind(parameter.schema)}`)
    )
  );
  const columns = Object.entries(
    operation.responses["200"].content["application/json"].schema.properties.data.items.properties ?? {}
  );
  const form = element(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        call(path, method, fields, shown);
      },
    },
    ...(rows.length
      ? [element("table", {}, element("thead", {}, element("tr", {}, ...["Parameter", "Value", "Takes"].map((t) => element("th", { scope: "col" }, t)))), element("tbody", {}, ...rows))]
      : []),
    element("button", {}, "Call it")
  );
  return element(
    "details",
    {},
    element(
      "summary",
      {},
      element("h2", {}, element("span", { class: "method" }, method.toUpperCase()), element("span", { class: "path" }, path)),
      element("p", {}, operation.summary)
    ),
    element(
      "div",
      { class: "inside" },
      element("p", { class: "kind" }, `Rows: ${columns.map(([name, schema]) => `${name} (${kind(schema)})`).join(", ")}`),
      form,
      shown
    )
  );
}

async function show() {
  let answer;
  try {
    answer = await fetch("/api/v1/endpoints/openapi.json", { headers: headers() });
  } catch (e) {
    say(`the server does not answer: ${e.message}`, true);
    return;
  }
  if (!answer.ok) {
    $("endpoints").replaceChildren();
    const problem = await answer.json();
    say(token || answer.status !== 401 ? `${problem.detail}. ${problem.hint ?? ""}` : "Give the token to see the endpoints.", Boolean(token));
    return;
  }
  const shown = await answer.json();
  $("title").textContent = shown.info.title;
  document.title = `${shown.info.title}: endpoints`;
  $("about").textContent = shown.info.description;
  $("login").hidden = true;
  const all = Object.entries(shown.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => endpoint(path, method, operation))
  );
  $("endpoints").replaceChildren(...all);
  say(all.length ? "" : "There are no endpoints that you may call.");
}

$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  sessionStorage.setItem("towpath-token", token);
  show();
});
show();
