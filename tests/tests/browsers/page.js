// The page that WebDriver holds open. It has requests made by clients of other origins: a frame or
// a worker for each, opened when it is first needed.
"use strict";

const clients = new Map();

// Has one client make one request, and resolves to what that client saw.
async function request(client, details) {
  const name = `${client.kind} ${client.url}`;
  if (!clients.has(name)) {
    clients.set(name, open(client));
  }
  const target = await clients.get(name);
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => {
      port1.close();
      resolve(event.data);
    };
    target(details, port2);
  });
}

async function open({ kind, url }) {
  switch (kind) {
    case "frame":
      return frame({ src: url });
    case "sandboxed_frame":
      return frame({ src: url, sandbox: "allow-scripts" });
    case "data_frame":
      return frame({ src: `data:text/html,<script>${encodeURIComponent(await script(url))}</script>` });
    case "worker":
      return worker(url);
    case "data_worker":
      return worker(`data:text/javascript,${encodeURIComponent(await script(url))}`);
    default:
      throw new Error(`no such client: ${kind}`);
  }
}

async function script(url) {
  return (await fetch(url)).text();
}

function frame(attributes) {
  const element = Object.assign(document.createElement("iframe"), attributes);
  const target = new Promise((resolve) => {
    element.onload = () =>
      resolve((details, port) => element.contentWindow.postMessage(details, "*", [port]));
  });
  document.documentElement.append(element);
  return target;
}

function worker(url) {
  const target = new Worker(url);
  return (details, port) => target.postMessage(details, [port]);
}
