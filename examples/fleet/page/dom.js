/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element; `data` becomes its `data-` attributes. */
export function element(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  node.append(...children);
  return node;
}

/** A second line of a cell, or nothing. */
export const small = (text) => (text ? [element("small", {}, text)] : []);

/** The word for what comes of a request: the same everywhere. */
export const outcome = (isAllowed) => {
  const word = isAllowed ? "allowed" : "blocked";
  return element("span", { className: word }, word);
};

/** A mark for the eye, with words for the ear. */
export const mark = (good, words) => element("span", { className: "mark", data: { good } },
  element("span", { ariaHidden: "true" }, good ? "✓" : "✗"),
  element("span", { className: "heard" }, ` ${words}`));

/** Changes a text that is read out when it changes. */
export function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** Shows what keeps the page from working. */
export function showProblem(text) {
  byId("problem").hidden = !text;
  byId("problem").textContent = text;
}

/** What an event asks for; if it fails, the page says so. */
export const guarded = (work) => async (...details) => {
  try {
    await work(...details);
  } catch (error) {
    showProblem(`The page cannot go on: ${error.message}`);
  }
};
