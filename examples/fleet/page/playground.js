import { byId, element, guarded, showProblem } from "./dom.js";
import { Editor } from "./editor.js";
import { Matrix } from "./matrix.js";
import { Origins } from "./origins.js";
import { RequestForm } from "./request.js";
import { Result, outcomes, receivedNames } from "./result.js";
import { explain, get } from "./server.js";

/** The bench: one request, looked at closely. */
class Bench {
  #latest = 0;

  /** `mounts` are the paths below which other policies govern. */
  constructor(servers, scenarios, mounts, origins, onRequest) {
    this.servers = servers;
    this.mounts = mounts;
    this.origins = origins;
    this.form = new RequestForm(scenarios, onRequest);
    this.result = new Result((source) => {
      byId("banner").focus();
      this.editor.replace(source);
    });
  }

  /** Sends the request to all servers and shows what became of it, unless a later one was sent meanwhile. */
  async send() {
    const request = this.form.read();
    if (!request) return;
    const turn = ++this.#latest;
    const origin = this.origins.chosen;
    this.result.wait(true);
    try {
      const { sent, exchanges } = this.origins.canSend(origin)
        ? await this.#sendToAll(origin, request) : { sent: [], exchanges: [] };
      const { method, path, headers, credentials } = request;
      const question = { method, headers, credentials, reads: receivedNames(exchanges), amends: true };
      const mount = this.mounts.find((mount) => `${path}/`.startsWith(`${mount}/`)) ?? "";
      const [explanation] = await explain(mount, origin, [question]);
      if (turn === this.#latest) this.result.show(request, origin, explanation, outcomes(sent, exchanges));
    } finally {
      if (turn === this.#latest) this.result.wait(false);
    }
  }

  /** What scripts saw of each server, and everything that passed over the sockets. */
  async #sendToAll(origin, { method, path, headers, body, credentials }) {
    const token = crypto.randomUUID().slice(0, 8);
    const options = { method, headers, body, credentials: credentials ? "include" : "omit" };
    const sent = await Promise.all(this.servers.map(async ({ name, url }) => {
      const target = new URL(`${url}${path}`);
      target.searchParams.append("exchange", token);
      return { name, seen: await this.origins.send(origin, target.href, options) };
    }));
    return { sent, exchanges: await get(`/exchanges/${token}`) };
  }
}

/** Where a step of a story is served. */
const mountOf = (story, step) => `/stories/${story.name}/${step.name}`;

function showStory(story, servers, origins, onChoose) {
  const matrices = [];
  const steps = story.steps.flatMap((step) => {
    const mount = mountOf(story, step);
    const matrix = new Matrix({
      caption: `${story.title}: ${step.title}`, servers, origins, mount, requests: step.scenarios,
      onChoose: (request) => onChoose(request, mount),
    });
    matrices.push(matrix);
    return [
      element("h3", { id: `${story.name}-${step.name}` }, `${step.name.split("-")[0]}. ${step.title}`),
      element("p", {}, step.text),
      element("pre", {}, step.policy?.trim() ?? "# no CORS layer"),
      element("p", { className: "quiet" }, "Every server serves this step below ", element("code", {}, mount), "."),
      matrix.node,
    ];
  });
  byId("stories").append(element("section", { id: story.name, ariaLabel: story.title },
    element("h2", {}, story.title), element("p", {}, story.text), ...steps));
  return matrices;
}

async function start() {
  const [fleet, inForce] = await Promise.all([get("/fleet.json"), get("/policy")]);
  const { servers, scenarios, stories } = fleet;
  const origins = new Origins(fleet.origins);

  const mounts = stories.flatMap((story) => story.steps.map((step) => mountOf(story, step)));

  let [chosen, latest] = [origins.chosen, 0];
  const bench = new Bench(servers, scenarios, mounts, origins, guarded(async () => {
    await bench.send();
    if (origins.chosen !== chosen) await runAll();
  }));

  const look = guarded((request, mount) => {
    bench.form.choose(request, mount);
    byId("request").scrollIntoView();
    byId("method").focus({ preventScroll: true });
    return bench.send();
  });
  const main = new Matrix({ caption: "All requests", servers, origins, mount: "", requests: scenarios, onChoose: look });
  byId("scenario-table").append(main.node);
  const matrices = [main, ...stories.flatMap((story) => showStory(story, servers, origins, look))];

  /** Sends all requests from the origin that is chosen. A run that another one follows shows nothing more. */
  async function runAll() {
    const turn = ++latest;
    const isCurrent = () => turn === latest;
    const origin = chosen = origins.chosen;
    byId("summary").textContent = "Sending…";
    byId("scenarios-origin").textContent = origin;
    matrices.forEach((matrix) => matrix.clear());
    const silent = await origins.logIn(servers);
    showProblem(silent.length ? `No answer from ${silent.join(", ")}. Is the fleet running?` : "");
    let [agreed, total] = [0, 0];
    for (const matrix of matrices) {
      const result = await matrix.run(origin, isCurrent);
      if (!result) return;
      agreed += result.agreed;
      total += result.total;
    }
    byId("summary").textContent = origins.canSend(origin)
      ? `${agreed} of ${total} verdicts are as the policies intend`
      : "This browser has no page of that origin to send them from";
  }

  bench.editor = new Editor(inForce, async ({ allows }) => {
    // A run under way began under the policy before.
    latest += 1;
    origins.show(allows);
    await bench.send();
    await runAll();
  });
  origins.show(inForce.allows);
  byId("run").addEventListener("click", guarded(runAll));
  await bench.send();
  await runAll();
}

start().catch((error) => showProblem(`The page could not start: ${error.message}`));
