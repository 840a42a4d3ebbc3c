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

  constructor(servers, scenarios, origins, onRequest) {
    this.servers = servers;
    this.origins = origins;
    this.form = new RequestForm(scenarios, onRequest);
    this.result = new Result(guarded(async (source) => {
      byId("banner").focus();
      await this.editor.replace(source);
    }));
  }

  /** Sends the request to all servers and shows what became of it, unless a later one was sent meanwhile. */
  async send() {
    const request = this.form.read();
    if (!request) return;
    const turn = ++this.#latest;
    const origin = this.origins.chosen;
    this.result.wait();
    const { sent, exchanges } = this.origins.canSend ? await this.#sendToAll(request) : { sent: [], exchanges: [] };
    const { method, headers, credentials } = request;
    const question = { method, headers, credentials, reads: receivedNames(exchanges) };
    const [explanation] = await explain("", origin, [question]);
    if (turn !== this.#latest) return;
    this.result.show(request, origin, explanation, outcomes(sent, exchanges));
  }

  /** What scripts saw of each server, and everything that passed over the sockets. */
  async #sendToAll({ method, path, headers, body, credentials }) {
    const token = crypto.randomUUID().slice(0, 8);
    const options = { method, headers, body, credentials: credentials ? "include" : "omit" };
    const sent = await Promise.all(this.servers.map(async ({ name, url }) => {
      const target = new URL(`${url}${path}`);
      target.searchParams.append("exchange", token);
      return { name, seen: await this.origins.send(target.href, options) };
    }));
    return { sent, exchanges: await get(`/exchanges/${token}`) };
  }
}

function showStory(story, servers, origins) {
  const matrices = [];
  const steps = story.steps.flatMap((step) => {
    const mount = `/stories/${story.name}/${step.name}`;
    const matrix = new Matrix({ caption: `${story.title}: ${step.title}`, servers, origins, mount, requests: step.scenarios });
    matrices.push(matrix);
    return [
      element("h3", { id: `${story.name}-${step.name}` }, `${step.name.split("-")[0]}. ${step.title}`),
      element("p", {}, step.text),
      element("pre", { tabIndex: 0 }, step.policy?.trim() ?? "# no CORS layer"),
      element("p", { className: "quiet" }, "On every server below ", element("code", {}, mount)),
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

  let [chosen, latest] = [origins.chosen, 0];
  const bench = new Bench(servers, scenarios, origins, guarded(async () => {
    await bench.send();
    if (origins.chosen !== chosen) await runAll();
  }));

  const main = new Matrix({
    caption: "All requests", servers, origins, mount: "", requests: scenarios,
    onChoose: guarded((index) => {
      bench.form.choose(index);
      byId("request").scrollIntoView();
      byId("method").focus({ preventScroll: true });
      return bench.send();
    }),
  });
  byId("scenario-table").append(main.node);
  const matrices = [main, ...stories.flatMap((story) => showStory(story, servers, origins))];

  async function runAll() {
    const turn = ++latest;
    chosen = origins.chosen;
    byId("summary").textContent = "Asking…";
    byId("scenarios-origin").textContent = chosen;
    const silent = await origins.logIn(servers);
    showProblem(silent.length ? `No answer from ${silent.join(", ")}. Is the fleet running?` : "");
    let [agreed, total] = [0, 0];
    for (const matrix of matrices) {
      const result = await matrix.run();
      if (turn !== latest) return;
      agreed += result.agreed;
      total += result.total;
    }
    byId("summary").textContent = origins.canSend
      ? `${agreed} of ${total} verdicts are as the policies intend`
      : "This browser has no page of that origin to send them from";
  }

  bench.editor = new Editor(inForce, async ({ allows }) => {
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
