// The wire: one stream of what changed, and one POST for each thing a human does.

import { apply } from "./store.js";

const KEY = document.querySelector('meta[name="play-key"]').content;

export class Refused extends Error {}

export async function act(action, body) {
  let answer;
  try {
    answer = await fetch(`/play/do/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Playground-Key": KEY },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused("The playground has stopped. Start it again with: make demo");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told.error ?? `The playground answered ${answer.status}.`);
  return told;
}

export function follow(onConnection) {
  const stream = new EventSource("/play/stream");
  stream.addEventListener("pieces", (event) => apply(JSON.parse(event.data)));
  // A new key means a new playground: what this page knows is gone.
  stream.addEventListener("key", (event) => event.data === KEY || location.reload());
  stream.addEventListener("open", () => onConnection(true));
  stream.addEventListener("error", () => {
    onConnection(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(onConnection), 1500);
  });
}
