import { element, mark, small } from "./dom.js";
import { explain } from "./server.js";

/** What a script can make of a response, in words. */
function describe({ readable, session, header }, request) {
  if (!readable) return "";
  const words = [];
  if (session !== undefined && (session || request.credentials)) {
    words.push(session ? "with the session" : "without the session");
  }
  if (request.reads) words.push(header ? `sees ${request.reads}` : `${request.reads} hidden`);
  return words.join(", ");
}

/** Whether the browser did what the policy intends. */
const agrees = (intention, verdict) => intention.readable === verdict.readable &&
  (!verdict.readable || (intention.session === verdict.session && intention.header === verdict.header));

/** A table of requests against servers, under the policy of a mount; `run` asks them all. */
export class Matrix {
  #mount;
  #servers;
  #origins;
  #rows;

  /** `onChoose`, if it is there, is called with the place of a request to look at. */
  constructor({ caption, servers, origins, mount, requests, onChoose }) {
    this.#mount = mount;
    this.#servers = servers;
    this.#origins = origins;
    const heads = ["Request", "The policy intends", ...servers.map((server) => server.name)];
    this.#rows = requests.map((request, index) => ({
      request,
      index,
      intended: element("td", { className: "intention", data: { column: "The policy intends" } }, "…"),
      cells: servers.map((server) => element("td", { data: { column: server.name } }, "…")),
    }));
    const label = ({ label }, index) => onChoose
      ? element("button", { type: "button", className: "link", onclick: () => onChoose(index), title: "Try this request" }, label)
      : label;
    this.node = element("table", { className: "matrix", ariaLabel: caption },
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...this.#rows.map(({ request, index, intended, cells }) => element("tr", {},
        element("th", { scope: "row" }, label(request, index), ...small(`${request.method} ${request.path}`)),
        intended, ...cells))));
    // Laid out as cards on a narrow screen, it stays a table to assistive technology.
    for (const [selector, role] of [["thead, tbody", "rowgroup"], ["tr", "row"], ["thead th", "columnheader"], ["tbody th", "rowheader"], ["td", "cell"]]) {
      this.node.querySelectorAll(selector).forEach((node) => node.setAttribute("role", role));
    }
    this.node.setAttribute("role", "table");
  }

  /** Asks every server for every row; how many verdicts there are, and how many agree. */
  async run() {
    const run = Date.now();
    const requests = this.#rows.map(({ request }) => ({
      method: request.method,
      headers: Object.entries(request.headers),
      credentials: request.credentials,
      reads: request.reads ? [request.reads] : [],
    }));
    const explanations = await explain(this.#mount, this.#origins.chosen, requests);
    let [agreed, total] = [0, 0];
    for (const row of this.#rows) {
      const intention = this.#intention(row.request, explanations[row.index]);
      show(row.intended, intention, row.request);
      if (!this.#origins.canSend) {
        row.cells.forEach((cell) => showNothing(cell));
        continue;
      }
      const verdicts = await Promise.all(this.#servers.map(({ url }) => this.#ask(url, row.request, run)));
      verdicts.forEach((verdict, i) => {
        total += 1;
        if (showVerdict(row.cells[i], intention, verdict, row.request)) agreed += 1;
      });
    }
    return { agreed, total };
  }

  #intention(request, explanation) {
    const sharesSite = this.#origins.sharesSite(this.#servers[0].url);
    return {
      readable: explanation.is_allowed,
      session: sharesSite ? request.credentials : undefined,
      header: request.reads ? explanation.readable.includes(request.reads) : undefined,
      because: explanation.refusal ?? explanation.steps.at(-1)?.text ?? explanation.verdict.split(": ")[1],
    };
  }

  async #ask(url, request, run) {
    // Browsers keep the answer to a preflight for each URL. With a URL of its own, each run asks anew.
    const seen = await this.#origins.send(`${url}${this.#mount}${request.path}?run=${run}`, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? undefined,
      credentials: request.credentials ? "include" : "omit",
    });
    if (!seen.readable) return { readable: false, text: seen.error };
    return {
      readable: true,
      status: seen.status,
      session: this.#origins.sharesSite(url) ? JSON.parse(seen.body).session !== null : undefined,
      header: request.reads ? seen.headers.some(([name]) => name === request.reads) : undefined,
      text: [...seen.headers.map((header) => header.join(": ")), "", seen.body].join("\n"),
    };
  }
}

function show(cell, intention, request) {
  cell.replaceChildren(
    element("span", { className: intention.readable ? "read" : "blocked" }, intention.readable ? "read" : "blocked"),
    ...small(intention.readable ? describe(intention, request) : intention.because));
}

function showNothing(cell) {
  delete cell.dataset.agrees;
  cell.replaceChildren(element("span", { className: "quiet" }, "not sent"));
}

function showVerdict(cell, intention, verdict, request) {
  const agreed = agrees(intention, verdict);
  const summary = element("summary", {},
    element("span", { className: verdict.readable ? "read" : "blocked" },
      verdict.readable ? `read ${verdict.status}` : "blocked"),
    " ", mark(agreed, agreed ? "as intended" : "not as intended"), ...small(describe(verdict, request)));
  cell.dataset.agrees = agreed;
  cell.replaceChildren(element("details", {}, summary, element("pre", { tabIndex: 0 }, verdict.text)));
  return agreed;
}
