import { byId, element, guarded, say } from "./dom.js";
import { check, replacePolicy } from "./server.js";

/** How long a pause in typing is. */
const PAUSE_MS = 250;

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** The text of the policy: checked while it is written, put in force when it is meant. */
export class Editor {
  #source = byId("source");
  #inForce;
  #onInForce;
  #found = { problems: [], total: 0 };
  #pause;
  #applied = Promise.resolve();

  /** `onInForce` is called with every policy that is put in force. */
  constructor(inForce, onInForce) {
    this.#onInForce = guarded(onInForce);
    this.#source.addEventListener("input", () => this.#edited());
    this.#source.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#apply();
    });
    byId("apply").addEventListener("click", () => this.#apply());
    byId("revert").addEventListener("click", () => {
      this.#write(this.#inForce.source);
      this.#source.focus();
    });
    this.#settle(inForce);
    this.#source.value = this.#inForce.source;
    this.#show(inForce.warnings);
  }

  /** Puts another text in force. */
  replace(source) {
    this.#write(source);
    this.#apply();
  }

  get #isInForce() {
    return this.#source.value === this.#inForce.source;
  }

  #write(source) {
    this.#source.value = source;
    this.#edited();
  }

  /** As a text area has it: with line feeds alone. */
  #settle(inForce) {
    this.#inForce = { ...inForce, source: inForce.source.replace(/\r\n?/g, "\n") };
  }

  /** The places of the problems are those of the text before, until it is checked. */
  #edited() {
    this.#draw([]);
    this.#status();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(guarded(async () => {
      const source = this.#source.value;
      const found = await check(source);
      if (source === this.#source.value) this.#show(found);
    }), PAUSE_MS);
  }

  /** Applies one text after the other, so that the last one is in force in the end. */
  #apply() {
    this.#applied = this.#applied.then(guarded(() => this.#applyNow()));
  }

  /** What is typed meanwhile stays, and is not in force. */
  async #applyNow() {
    clearTimeout(this.#pause);
    const source = this.#source.value;
    const answer = await replacePolicy(source);
    const isUnchanged = source === this.#source.value;
    if (answer.problems) {
      if (!isUnchanged) return;
      this.#show(answer);
      this.#source.focus();
      return;
    }
    this.#settle(answer);
    if (isUnchanged) this.#show(answer.warnings);
    else this.#status();
    this.#onInForce(answer);
  }

  #show(found) {
    const place = (problem) => problem.place?.start ?? 0;
    const problems = found.problems.toSorted((a, b) => place(a) - place(b));
    this.#found = found;
    this.#draw(problems);
    const notes = problems.map((problem) => this.#note(problem));
    const omitted = found.total - problems.length;
    if (omitted) notes.push(element("li", { data: { severity: problems[0].severity } }, `and ${omitted} more`));
    byId("notes").replaceChildren(...notes);
    this.#status();
  }

  #status() {
    const { problems, total } = this.#found;
    const isWrong = problems[0]?.severity === "error";
    const isChanged = !this.#isInForce;
    byId("revert").hidden = !isChanged;
    byId("apply").classList.toggle("primary", isChanged && !isWrong);
    // What a refusal proposes is a change of the policy in force.
    byId("suggested-changes").inert = isChanged;
    const state = !isChanged ? "In force on all four servers" : isWrong ? "Not in force" : "Changed, not yet in force";
    const counted = total ? [count(total, isWrong ? "error" : "warning")] : [];
    say("policy-status", [state, ...counted].join(" · "));
    byId("policy-status").dataset.state = isWrong ? "error" : isChanged ? "changed" : "settled";
    this.#source.setAttribute("aria-invalid", isWrong);
    byId("stale").hidden = !isChanged;
    say("stale", `This is the verdict of the policy in force. The text in the editor ${
      isWrong ? `has ${counted}` : "has changed"} and is not in force.`);
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
    drawGutter(text.split("\n").length, severities);
  }
}

/** Numbers the lines. Only what differs is drawn, because this happens at every stroke of a key. */
function drawGutter(lines, severities) {
  const gutter = byId("gutter");
  while (gutter.childElementCount > lines) gutter.lastChild.remove();
  while (gutter.childElementCount < lines) gutter.append(element("div", {}, `${gutter.childElementCount + 1}`));
  for (const marked of gutter.querySelectorAll("[data-severity]")) delete marked.dataset.severity;
  for (const [line, severity] of severities) gutter.children[line - 1].dataset.severity = severity;
}
