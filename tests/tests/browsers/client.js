// Makes requests, in a frame or a worker, and tells what a script there sees of them.
"use strict";

addEventListener("message", async ({ data, ports: [port] }) => {
  const by = { fetch: byFetch, xhr: byXhr, socket: bySocket, stream: byStream, rest: readRest };
  let seen;
  try {
    seen = await by[data.by](data);
  } catch (error) {
    seen = { blocked: error.name };
  }
  port.postMessage(seen);
});

async function byFetch({ url, method, headers, body, streams, credentials, mode }) {
  const options = { method, headers, credentials, mode };
  if (body !== null) {
    options.body = streams ? new Blob([body]).stream() : body;
    options.duplex = "half";
  }
  const response = await fetch(url, options);
  return {
    type: response.type,
    status: response.status,
    headers: [...response.headers],
    body: await response.text(),
  };
}

function byXhr({ url, method, headers, body, credentials, listens }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let uploaded = false;
    request.open(method, url);
    request.withCredentials = credentials === "include";
    for (const [name, value] of headers) {
      request.setRequestHeader(name, value);
    }
    if (listens) {
      request.upload.onload = () => (uploaded = true);
    }
    request.onerror = () => resolve({ blocked: "error event", uploaded });
    request.onload = () => {
      const lines = request.getAllResponseHeaders().split("\r\n").filter((line) => line);
      resolve({
        type: "cors",
        status: request.status,
        headers: lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        }),
        body: request.responseText,
        uploaded,
      });
    };
    request.send(body);
  });
}

// A WebSocket handshake.
function bySocket({ url }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace(/^http/, "ws"));
    socket.onopen = () => {
      socket.onclose = null;
      socket.close();
      resolve({ type: "websocket", status: 101, headers: [], body: "" });
    };
    socket.onclose = () => resolve({ blocked: "close event" });
  });
}

const readers = new Map();

// The head of a response and the first bytes of its body; `readRest` reads on.
async function byStream({ url, credentials }) {
  const response = await fetch(url, { credentials });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  readers.set(url, reader);
  return {
    type: response.type,
    status: response.status,
    headers: [...response.headers],
    body: new TextDecoder().decode(value),
  };
}

async function readRest({ url }) {
  const reader = readers.get(url);
  const decoder = new TextDecoder();
  let body = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return { type: "rest", status: 0, headers: [], body };
    }
    body += decoder.decode(value, { stream: true });
  }
}
