/** What the page server answers to a GET. */
export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return response.json();
}

async function post(path, question) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
}

/** The first problems of a policy, and how many there are: what is wrong with it or, if nothing is, probably not meant. */
export async function check(source) {
  const response = await post("/check", { source });
  if (!response.ok) throw new Error(`the policy was answered ${response.status}`);
  return response.json();
}

/** Puts a policy in force: what is in force then, or the problems that keep it from that. */
export async function replacePolicy(source) {
  const response = await post("/policy", { source });
  if (!response.ok && response.status !== 422) throw new Error(`the policy was answered ${response.status}`);
  return response.json();
}

/** What the policy of a mount makes of requests by pages of an origin. */
export async function explain(mount, origin, requests) {
  const response = await post("/explain", { mount, origin, requests });
  if (!response.ok) throw new Error(`the question was answered ${response.status}`);
  return response.json();
}
