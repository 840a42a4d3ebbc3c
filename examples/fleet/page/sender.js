"use strict";

// A frame of another origin than the playground's, which sends what the playground asks for. Only pages of
// the fleet can frame it.

const TIMEOUT_MS = 10000;

async function send({ url, options }) {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = options.mode === "no-cors" ? "" : await response.text();
    return { readable: true, status: response.status, headers: [...response.headers], body };
  } catch (error) {
    return { readable: false, error: `${error.name}: ${error.message}` };
  }
}

window.addEventListener("message", async (event) => {
  if (event.source !== window.parent || window.parent === window) return;
  const reply = { id: event.data.id, result: await send(event.data) };
  event.source.postMessage(reply, event.origin);
});
if (window.parent !== window) window.parent.postMessage({ ready: true }, "*");
