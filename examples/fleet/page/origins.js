import { byId, element } from "./dom.js";

/** The origin of a frame that is denied one. */
const OPAQUE = "null";

/** What stands for the origin that is typed in. */
const OTHER = "other";

/** How long a frame may take to load. A browser that does not know `*.localhost` never loads one. */
const PATIENCE_MS = 5000;

/** A frame that sends requests as a page of its origin. */
class Sender {
  #frame;
  #waiting = new Map();
  #ready;

  constructor(origin) {
    this.origin = origin;
    const page = origin === OPAQUE ? location.origin : origin;
    this.#frame = element("iframe", { src: `${page}/sender`, hidden: true, title: `A page of ${origin}` });
    if (origin === OPAQUE) this.#frame.sandbox = "allow-scripts";
    this.#ready = new Promise((resolve) => {
      const patience = setTimeout(() => resolve(false), PATIENCE_MS);
      window.addEventListener("message", (event) => {
        if (event.source !== this.#frame.contentWindow || event.origin !== origin) return;
        if (event.data.ready) {
          clearTimeout(patience);
          resolve(true);
        } else {
          this.#waiting.get(event.data.id)?.(event.data.result);
          this.#waiting.delete(event.data.id);
        }
      });
    });
    document.body.append(this.#frame);
  }

  /** Whether the frame could be loaded. */
  get ready() {
    return this.#ready;
  }

  /** Sends a request: what the browser lets a script of this origin see of the response. */
  async send(url, options) {
    if (!(await this.#ready)) return { readable: false, error: `no page of ${this.origin} could be loaded` };
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#frame.contentWindow.postMessage({ id, url, options }, this.origin === OPAQUE ? "*" : this.origin);
    });
  }
}

const hostOf = (url) => new URL(url).hostname;

/** The choice of the origin that requests come from. */
export class Origins {
  #senders = new Map();
  #choices = new Map();

  constructor(origins) {
    const choices = [...origins, OPAQUE].map((origin) => {
      const sender = new Sender(origin);
      this.#senders.set(origin, sender);
      const id = `origin-${origin}`;
      const checked = origin === (origins.includes(location.origin) ? location.origin : origins[0]);
      const input = element("input", { type: "radio", name: "origin", id, value: origin, checked });
      const verdict = element("small");
      this.#choices.set(origin, { input, verdict });
      sender.ready.then((ready) => {
        if (ready) return;
        input.disabled = true;
        verdict.textContent = "not available in this browser";
      });
      const note = origin === OPAQUE ? element("span", {}, " sandboxed frame") : "";
      return element("label", { htmlFor: id }, input, element("span", {}, element("code", {}, origin), note), verdict);
    });
    byId("origins").append(...choices, this.#other());
  }

  /** The origin that is chosen now. Whoever sends several requests asks once. */
  get chosen() {
    const choice = document.querySelector("input[name=origin]:checked").value;
    return choice === OTHER ? byId("other-origin").value.trim() : choice;
  }

  /** Whether a page of this origin can be had, to send requests. */
  canSend(origin) {
    return this.#senders.has(origin);
  }

  /** The choice of an origin that this browser has no page of: what it would do is only simulated. */
  #other() {
    const radio = element("input", { type: "radio", name: "origin", id: "origin-other", value: OTHER });
    const text = element("input", {
      id: "other-origin", placeholder: "https://app.example.com", ariaLabel: "Another origin", spellcheck: false,
    });
    const follow = () => { text.required = radio.checked; };
    byId("origins").addEventListener("change", follow);
    text.addEventListener("input", () => { radio.checked = true; follow(); });
    return element("label", {}, radio, text, element("small", {}, "simulated"));
  }

  /** Sends a request as a page of this origin. */
  send(origin, url, options) {
    return this.#senders.get(origin).send(url, options);
  }

  /** Whether browsers send a server's cookies from this origin: if all that is in play is one site. */
  sharesSite(origin, url) {
    const hosts = this.canSend(origin) && origin !== OPAQUE ? [hostOf(origin), location.hostname] : [];
    return hosts.length > 0 && hosts.every((host) => host === hostOf(url));
  }

  /** Logs in to all servers, so that there is a cookie to send. The names of those that do not answer. */
  async logIn(servers) {
    const sameSite = [...this.#senders.values()].find(({ origin }) =>
      origin !== OPAQUE && hostOf(origin) === hostOf(servers[0].url));
    const options = { method: "POST", mode: "no-cors", credentials: "include" };
    const silent = await Promise.all(servers.map(async ({ name, url }) =>
      (await sameSite.send(`${url}/login`, options)).readable ? [] : [name]));
    return silent.flat();
  }

  /** Shows which origins the policy in force covers. */
  show(allows) {
    for (const [origin, { input, verdict }] of this.#choices) {
      if (input.disabled) continue;
      // What becomes of a request depends on more than its origin.
      verdict.textContent = allows.includes(origin) ? "origin is in the policy" : "origin is not in the policy";
    }
  }
}
