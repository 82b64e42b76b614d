// What the page knows, in pieces. The server sends a piece again whenever it changed.
//
//   bot                  {name, username, listening, line}
//   people               [{id, name, kind, role, language, peer, hue}]   the phones, in order
//   phone/<id>           {chats: [{peer, kind, title, …}], commands: […], about}
//   chat/<id>/<peer>     {messages: […]}
//   guide                {names: {one, two, owner}, done: [step, …]}
//   journal              {total, violations: […], calls: […]}

const pieces = new Map();
const listeners = new Map();

export const getBot = () => pieces.get("bot");
export const listPeople = () => pieces.get("people") ?? [];
export const getPerson = (id) => listPeople().find((person) => person.id === id);
export const getPhone = (id) => pieces.get(`phone/${id}`) ?? { chats: [], commands: [] };
export const getGuide = () => pieces.get("guide");
export const getJournal = () => pieces.get("journal");
export const listMessages = (id, peer) => pieces.get(`chat/${id}/${peer}`)?.messages ?? [];

export function findChat(id, peer) {
  return getPhone(id).chats.find((chat) => chat.peer === peer);
}

export function listHumans() {
  return listPeople().filter((person) => person.kind === "person");
}

export function watch(prefix, listener) {
  listeners.set(listener, prefix);
}

export function apply(changed) {
  for (const [key, value] of Object.entries(changed)) {
    if (value === null) pieces.delete(key);
    else pieces.set(key, value);
  }
  const keys = Object.keys(changed);
  for (const [listener, prefix] of listeners) {
    const mine = keys.filter((key) => key.startsWith(prefix));
    if (mine.length) listener(mine);
  }
}
