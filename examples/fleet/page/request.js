import { byId, element } from "./dom.js";

/** The header lines of the form; `undefined` if one is none. */
function readHeaders() {
  const lines = byId("headers").value.split("\n").filter((line) => line.trim() !== "");
  const headers = lines.map((line) => line.split(/:(.*)/s).slice(0, 2).map((part) => part.trim()));
  const wrong = headers.findIndex((header) => header.length < 2);
  byId("headers").setCustomValidity(wrong < 0 ? "" : `Write a name, a colon and a value, not "${lines[wrong]}"`);
  return wrong < 0 ? headers : undefined;
}

/** The request that a script of the chosen origin makes. */
export class RequestForm {
  #scenarios;

  /** `onRequest` is called when the request changes or should be sent again. */
  constructor(scenarios, onRequest) {
    this.#scenarios = scenarios;
    byId("example").append(...scenarios.map(({ label }, index) => element("option", { value: index }, label)));
    byId("example").addEventListener("change", () => this.choose(scenarios[byId("example").value]));
    byId("form").addEventListener("change", ({ target }) => {
      // A request of one's own is no example any more.
      if (target.id !== "example" && !target.closest("#origins")) byId("example").value = "";
      onRequest();
    });
    byId("form").addEventListener("submit", (event) => {
      event.preventDefault();
      onRequest();
    });
    this.choose(scenarios.find(({ label }) => label === "PUT"));
  }

  /** Fills the form with a request, which may be one of the examples; its path is below `mount`. */
  choose(scenario, mount = "") {
    if (!scenario) return;
    const index = this.#scenarios.indexOf(scenario);
    byId("example").value = index < 0 ? "" : index;
    byId("method").value = scenario.method;
    byId("path").value = `${mount}${scenario.path}`;
    byId("headers").value = Object.entries(scenario.headers).map((header) => header.join(": ")).join("\n");
    byId("body").value = scenario.body ?? "";
    byId("credentials").checked = scenario.credentials;
  }

  /** What to send; `undefined` if the form cannot be sent as it is. */
  read() {
    const headers = readHeaders();
    if (!byId("form").reportValidity()) return undefined;
    const method = byId("method").value.trim();
    const hasBody = byId("body").value !== "" && !/^(get|head)$/i.test(method);
    return {
      method,
      path: byId("path").value,
      headers,
      credentials: byId("credentials").checked,
      body: hasBody ? byId("body").value : undefined,
    };
  }
}
