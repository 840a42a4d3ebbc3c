import { byId, element, mark, outcome as word, small } from "./dom.js";

/** What a request to the service and its response have to do with CORS. */
const RELEVANT = /^(origin|access-control-[a-z-]+|vary|cookie|set-cookie|content-type)$/i;

const nameOf = (line) => line.slice(0, line.indexOf(":"));
const isPreflight = ({ request }) => /^OPTIONS /.test(request) && /^access-control-request-method:/im.test(request);
const statusOf = (exchange) => exchange?.response?.split(" ")[1];

/** What became of a request at each server: what the script saw, and what passed over the socket. */
export const outcomes = (sent, exchanges) => sent.map(({ name, seen }) => {
  const own = exchanges.filter((exchange) => exchange.server === name);
  return { name, seen, preflights: own.filter(isPreflight), actual: own.findLast((exchange) => !isPreflight(exchange)) };
});

/** The names of all headers that came with a response, in lower case. */
export const receivedNames = (exchanges) => [...new Set(exchanges
  .flatMap(({ response }) => (response ?? "").split("\r\n").slice(1))
  .map((line) => nameOf(line).toLowerCase()))];

/** Whether the browser did what the policy intends. */
export function agrees(explanation, { seen, actual }) {
  if (explanation.is_allowed !== seen.readable) return false;
  if (!seen.readable) return true;
  const received = receivedNames(actual ? [actual] : []);
  const intended = explanation.readable.filter((name) => received.includes(name));
  const names = new Set(seen.headers.map(([name]) => name.toLowerCase()));
  return intended.length === names.size && intended.every((name) => names.has(name));
}

/** The verdict on a request, and everything it rests on. */
export class Result {
  #server = 0;
  #showsAll = false;

  /** `onAmend` is called with the text of a policy that lets the request through. */
  constructor(onAmend) {
    this.onAmend = onAmend;
  }

  /** Says whether an answer is on its way. */
  wait(isOnItsWay) {
    byId("verdict").ariaBusy = `${isOnItsWay}`;
  }

  /** Without outcomes, shows what would become of the request. */
  show(request, origin, explanation, outcomes) {
    const agreed = outcomes.filter((outcome) => agrees(explanation, outcome)).length;
    this.#banner(request, origin, explanation, outcomes, agreed);
    this.#suggestedChanges(explanation);
    const draw = () => byId("exchange").replaceChildren(outcomes.length
      ? this.#recorded(request, outcomes[this.#server])
      : this.#simulated(request, explanation));
    byId("servers").replaceChildren(...(outcomes.length ? [this.#servers(explanation, outcomes, draw)] : []));
    draw();
    byId("steps").replaceChildren(...steps(explanation));
  }

  #banner(request, origin, explanation, outcomes, agreed) {
    const { verdict, is_allowed } = explanation;
    const differ = outcomes.length - agreed;
    const state = is_allowed ? "allowed" : "blocked";
    const sentence = differ
      ? `on ${differ} of ${outcomes.length} servers. By the policy, it is ${state}: ${verdict}`
      : verdict;
    byId("banner").dataset.verdict = differ ? "differs" : state;
    byId("banner").replaceChildren(
      element("strong", {}, differ ? "The browser differs" : state),
      element("p", {}, `${sentence[0].toUpperCase()}${sentence.slice(1)}.`), ...reason(explanation),
      element("p", { className: "quiet" }, element("code", {}, `${request.method} ${request.path}`), " from ",
        element("code", {}, origin), request.credentials ? " with cookies" : "",
        outcomes.length ? "" : ", simulated by cors-core: this browser has no page of that origin"));
  }

  #suggestedChanges({ refusal, closest_pattern, changes, no_change, amended }) {
    byId("suggested-changes").hidden = !changes.length && !no_change;
    const nearest = refusal && closest_pattern
      ? [element("p", {}, element("b", {}, "Nearest pattern:"), ` ${closest_pattern}.`)] : [];
    if (no_change) {
      const lines = no_change.split("\n").map((line) => element("p", {}, line));
      byId("suggested-changes").replaceChildren(...nearest, element("p", {}, element("b", {}, "No line lets it through")), ...lines);
      return;
    }
    const lines = changes.map(({ path, reason, line }) => element("li", {},
      element("pre", {}, line), ...small(`${path}: ${reason}`)));
    const isOneLine = changes.length === 1 && !changes[0].line.includes("\n");
    const write = element("button", { type: "button", onclick: () => this.onAmend(amended) },
      isOneLine ? "Write this line into the policy" : "Write these lines into the policy");
    const hint = element("span", { className: "hint" }, "Put your changes in force first, or discard them.");
    const rest = amended ? [element("p", {}, write, hint)] : [];
    byId("suggested-changes").replaceChildren(...nearest, element("p", {}, element("b", {}, "To let it through, write")),
      element("ul", {}, ...lines), ...rest);
  }

  #servers(explanation, outcomes, draw) {
    const heads = ["Framework", "Browser", "Preflight", "Response"];
    const rows = outcomes.map((outcome, index) => {
      const { name, seen, preflights, actual } = outcome;
      const input = element("input", { type: "radio", name: "server", value: index, checked: index === this.#server });
      input.addEventListener("change", () => {
        this.#server = index;
        draw();
      });
      const agreed = agrees(explanation, outcome);
      const statuses = preflights.map(statusOf).join(", ");
      return element("tr", { data: { agrees: agreed } },
        element("th", { scope: "row" }, element("label", {}, input, name)),
        element("td", {}, word(seen.readable), " ", mark(agreed, agreed ? "as intended" : "not as intended")),
        element("td", {}, statuses || "none"),
        element("td", {}, statusOf(actual) ?? "not sent"));
    });
    return element("table", { className: "servers" },
      element("caption", {}, "✓ means as the policy intends. Select a server to see its exchange."),
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...rows));
  }

  #recorded(request, { name, seen, preflights, actual }) {
    return this.#exchange(`What passed to and from ${name}`, request, preflights.at(-1), actual, script(seen));
  }

  #simulated(request, explanation) {
    const { preflight, actual } = explanation;
    return this.#exchange("What would pass, as far as CORS is concerned", request, preflight, actual);
  }

  #exchange(title, request, preflight, actual, ...rest) {
    const own = new Set(request.headers.map(([header]) => header.toLowerCase()));
    const toggle = element("input", { type: "checkbox", checked: this.#showsAll });
    const panes = element("div", { className: "panes", data: { all: this.#showsAll } },
      pane("Preflight", preflight, own, actual ? "this request needs no preflight" : "nothing is sent"),
      pane("Request", actual, own, "it is never sent"));
    toggle.addEventListener("change", () => {
      this.#showsAll = toggle.checked;
      panes.dataset.all = toggle.checked;
    });
    const choice = element("label", { className: "check", hidden: !rest.length }, toggle, "All header lines");
    return element("div", {}, element("div", { className: "head" }, element("h3", {}, title), choice), panes, ...rest);
  }
}

/** Why a request is blocked: what the policy says, or else what the browser's last step demands. */
function reason({ refusal, steps, preflight, actual }) {
  if (refusal) return [element("p", {}, element("b", {}, "The policy says"), ` ${refusal}.`)];
  const unmet = steps.find(({ passed }) => !passed);
  // Of what no script can send, the verdict says all.
  return unmet && (preflight || actual) ? [element("p", {}, element("b", {}, "Not met:"), ` ${unmet.text}.`)] : [];
}

function pane(title, exchange, own, absence) {
  const body = exchange
    ? [...lines("Request", exchange.request, own), ...lines("Response", exchange.response ?? "", own)]
    : [element("p", { className: "quiet" }, `None: ${absence}.`)];
  return element("section", { className: "pane" }, element("h4", {}, title), ...body);
}

function lines(title, head, own) {
  const [first, ...fields] = head.split("\r\n");
  const rows = fields.map((line) => {
    const name = nameOf(line);
    const relevant = RELEVANT.test(name) || own.has(name.toLowerCase());
    return element("span", { className: "line", data: { relevant } }, element("b", {}, name), line.slice(name.length), "\n");
  });
  const pre = element("pre", { role: "group", ariaLabel: title },
    element("span", { className: "line first" }, first || "no answer", "\n"), ...rows);
  return [pre];
}

/** What the script was given. */
function script(seen) {
  if (!seen.readable) return element("p", { className: "given" }, "The script got ",
    element("code", {}, seen.error), ". The reason is in the browser's console, not in the script's hands.");
  const names = seen.headers.map(([name]) => name).join(", ");
  const text = [...seen.headers.map((header) => header.join(": ")), "", seen.body].join("\n");
  return element("details", { className: "given" },
    element("summary", {}, `The script got ${seen.status}, and the headers ${names}`),
    element("pre", {}, text));
}

/** The browser's steps, up to the one that settled it. */
function steps({ steps }) {
  if (!steps.length) return [];
  const items = steps.map(({ passed, text, standard }) => element("li", {},
    mark(passed, passed ? "passed" : "failed"), element("span", {}, text),
    element("a", { href: standard, target: "_blank", rel: "noreferrer" }, `Fetch, ${standard.split("#")[1]}`)));
  return [element("h3", {}, "What the standard asks of the browser"), element("ol", { className: "steps" }, ...items)];
}
