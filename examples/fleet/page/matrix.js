import { element, mark, outcome, small } from "./dom.js";
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

/** A table of requests under the policy of a mount; `run` sends them to all servers. */
export class Matrix {
  #mount;
  #servers;
  #origins;
  #rows;

  /** `onChoose` is called with a request to look at. */
  constructor({ caption, servers, origins, mount, requests, onChoose }) {
    this.#mount = mount;
    this.#servers = servers;
    this.#origins = origins;
    this.#rows = requests.map((request) => ({
      request,
      intended: element("td", { data: { column: "The policy intends" } }, "…"),
      seen: element("td", { data: { column: "The browser" } }, "…"),
    }));
    const choice = (request) => element("button", {
      type: "button", className: "link", onclick: () => onChoose(request), title: "Send this request",
    }, request.label);
    const heads = ["Request", "The policy intends", "The browser"];
    this.node = element("table", { className: "matrix", ariaLabel: caption },
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element("tbody", {}, ...this.#rows.map(({ request, intended, seen }) => element("tr", {},
        element("th", { scope: "row" }, choice(request), ...small(`${request.method} ${request.path}`)),
        intended, seen))));
    // Laid out as cards on a narrow screen, it stays a table to assistive technology.
    for (const [selector, role] of [["thead, tbody", "rowgroup"], ["tr", "row"], ["thead th", "columnheader"], ["tbody th", "rowheader"], ["td", "cell"]]) {
      this.node.querySelectorAll(selector).forEach((node) => node.setAttribute("role", role));
    }
    this.node.setAttribute("role", "table");
  }

  /** Forgets what an earlier run has shown. */
  clear() {
    for (const { intended, seen } of this.#rows) {
      intended.replaceChildren("…");
      seen.replaceChildren("…");
      delete seen.dataset.agrees;
    }
  }

  /**
   * Sends every request to every server, as a page of this origin: how many verdicts there are, and how many are as
   * intended. `undefined`, and nothing more is shown, once the run is not the current one.
   */
  async run(origin, isCurrent) {
    const run = crypto.randomUUID().slice(0, 8);
    const requests = this.#rows.map(({ request }) => ({
      method: request.method,
      headers: Object.entries(request.headers),
      credentials: request.credentials,
      reads: request.reads ? [request.reads] : [],
    }));
    const explanations = await explain(this.#mount, origin, requests);
    let [agreed, total] = [0, 0];
    for (const [index, { request, intended, seen }] of this.#rows.entries()) {
      if (!isCurrent()) return undefined;
      const intention = this.#intention(origin, request, explanations[index]);
      showIntention(intended, intention, request);
      if (!this.#origins.canSend(origin)) {
        seen.replaceChildren(element("span", { className: "quiet" }, "not sent"));
        continue;
      }
      const verdicts = await Promise.all(this.#servers.map(async ({ name, url }) =>
        ({ name, ...(await this.#ask(origin, url, request, run)) })));
      if (!isCurrent()) return undefined;
      total += verdicts.length;
      agreed += showVerdicts(seen, intention, verdicts, request);
    }
    return { agreed, total };
  }

  #intention(origin, request, explanation) {
    const unmet = explanation.steps.find(({ passed }) => !passed);
    const sharesSite = this.#origins.sharesSite(origin, this.#servers[0].url);
    return {
      readable: explanation.is_allowed,
      session: sharesSite ? request.credentials : undefined,
      header: request.reads ? explanation.readable.includes(request.reads) : undefined,
      because: explanation.refusal ?? (unmet ? `not met: ${unmet.text}` : explanation.verdict),
    };
  }

  async #ask(origin, url, request, run) {
    // Browsers keep the answer to a preflight for each URL. With a URL of its own, each run asks anew.
    const seen = await this.#origins.send(origin, `${url}${this.#mount}${request.path}?run=${run}`, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? undefined,
      credentials: request.credentials ? "include" : "omit",
    });
    if (!seen.readable) return { readable: false, text: seen.error };
    return {
      readable: true,
      status: seen.status,
      session: this.#origins.sharesSite(origin, url) ? JSON.parse(seen.body).session !== null : undefined,
      header: request.reads ? seen.headers.some(([name]) => name === request.reads) : undefined,
      text: [...seen.headers.map((header) => header.join(": ")), "", seen.body].join("\n"),
    };
  }
}

function showIntention(cell, intention, request) {
  cell.replaceChildren(outcome(intention.readable),
    ...small(intention.readable ? describe(intention, request) : intention.because));
}

/** Shows what came of a request at each server, folded unless one differs; how many are as intended. */
function showVerdicts(cell, intention, verdicts, request) {
  const agreed = verdicts.filter((verdict) => agrees(intention, verdict)).length;
  const areAll = agreed === verdicts.length;
  const servers = verdicts.map((verdict) => {
    const isAsIntended = agrees(intention, verdict);
    return element("div", { className: "verdict", data: { agrees: isAsIntended } },
      element("b", {}, verdict.name), " ", outcome(verdict.readable), verdict.readable ? ` ${verdict.status} ` : " ",
      mark(isAsIntended, isAsIntended ? "as intended" : "not as intended"),
      ...small(describe(verdict, request)), element("pre", {}, verdict.text));
  });
  cell.dataset.agrees = areAll;
  cell.replaceChildren(element("details", { open: !areAll },
    element("summary", {}, mark(areAll, ""), `${agreed} of ${verdicts.length} as intended`), ...servers));
  return agreed;
}
