import { byId, element, guarded } from "./dom.js";
import { check, replacePolicy } from "./server.js";

/** How long a pause in typing is. */
const PAUSE_MS = 250;

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** The text of the policy: checked while it is written, put in force when it is meant. */
export class Editor {
  #source = byId("source");
  #inForce;
  #onInForce;
  #problems = [];
  #pause;

  /** `onInForce` is called with every policy that is put in force. */
  constructor(inForce, onInForce) {
    this.#onInForce = onInForce;
    const apply = guarded(() => this.#apply());
    this.#source.addEventListener("input", () => this.#edited());
    this.#source.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      apply();
    });
    byId("apply").addEventListener("click", apply);
    byId("revert").addEventListener("click", () => {
      this.#write(this.#inForce.source);
      this.#source.focus();
    });
    this.#settle(inForce);
  }

  /** Puts another text in force. */
  async replace(source) {
    this.#write(source);
    await this.#apply();
  }

  get #isInForce() {
    return this.#source.value === this.#inForce.source;
  }

  #write(source) {
    this.#source.value = source;
    this.#edited();
  }

  #settle(inForce) {
    this.#inForce = { ...inForce, source: inForce.source.replace(/\r\n?/g, "\n") };
    if (this.#source.value !== this.#inForce.source) this.#source.value = this.#inForce.source;
    this.#show(inForce.warnings);
  }

  /** The places of the problems are those of the text before, until it is checked. */
  #edited() {
    this.#draw([]);
    this.#status();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(guarded(async () => {
      const source = this.#source.value;
      const problems = await check(source);
      if (source === this.#source.value) this.#show(problems);
    }), PAUSE_MS);
  }

  async #apply() {
    clearTimeout(this.#pause);
    const answer = await replacePolicy(this.#source.value);
    if (answer.problems) {
      this.#show(answer.problems);
      this.#source.focus();
      return;
    }
    this.#settle(answer);
    await this.#onInForce(answer);
  }

  #show(unsorted) {
    const problems = unsorted.toSorted((a, b) => (a.place?.start ?? 0) - (b.place?.start ?? 0));
    this.#problems = problems;
    this.#draw(problems);
    byId("notes").replaceChildren(...problems.map((problem) => this.#note(problem)));
    this.#status();
  }

  #status() {
    const errors = this.#problems.filter((problem) => problem.severity === "error").length;
    const warnings = this.#problems.length - errors;
    byId("revert").hidden = this.#isInForce;
    // What a refusal proposes is a change of the policy in force.
    byId("cure").inert = !this.#isInForce;
    const state = this.#isInForce ? "In force on all four servers"
      : errors ? "Not in force" : "Changed, not yet in force";
    const words = [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean);
    byId("policy-status").textContent = [state, ...words].join(" · ");
    byId("policy-status").dataset.state = errors ? "error" : this.#isInForce ? "settled" : "changed";
    this.#source.setAttribute("aria-invalid", errors > 0);
  }

  #lineOf(place) {
    return this.#source.value.slice(0, place.start).split("\n").length;
  }

  #note({ severity, message, place }) {
    const words = element("span", {}, element("b", {}, `${severity}: `), message);
    if (!place) return element("li", { data: { severity } }, words);
    const show = () => {
      this.#source.focus();
      this.#source.setSelectionRange(place.start, place.end);
    };
    const line = element("button", { type: "button", onclick: show, title: "Show in the policy" },
      `Line ${this.#lineOf(place)}`);
    return element("li", { data: { severity } }, line, words);
  }

  /** Underlines what the problems, in the order of their places, are about, and marks their lines. */
  #draw(problems) {
    const text = this.#source.value;
    const placed = problems.filter(({ place }) => place);
    const pieces = [];
    let end = 0;
    for (const { place, severity } of placed) {
      if (place.start < end) continue;
      pieces.push(text.slice(end, place.start));
      pieces.push(element("mark", { data: { severity } }, text.slice(place.start, place.end) || " "));
      end = place.end;
    }
    // A last line that is empty has no height of its own.
    byId("marks").replaceChildren(...pieces, `${text.slice(end)}\n`);
    const severities = new Map();
    for (const { place, severity } of placed) {
      const line = this.#lineOf(place);
      if (severities.get(line) !== "error") severities.set(line, severity);
    }
    byId("gutter").replaceChildren(...text.split("\n").map((_, index) =>
      element("div", { data: { severity: severities.get(index + 1) ?? "" } }, `${index + 1}`)));
  }
}
