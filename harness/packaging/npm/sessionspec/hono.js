'use strict';

// The probe for Hono with hono-sessions.

const core = require('./core');
const versionOf = require('./lib/version');

/** What the probe answers to GET. */
function describe() {
  return {
    protocol: 1,
    name: 'hono-sessions',
    ...versionOf('hono-sessions'),
    derived: ['permanent', 'set_permanent', 'modified', 'set_modified', 'new'],
    composed: ['pop', 'setdefault', 'update', 'clear'],
    without_body: core.WITHOUT_BODY,
    declares: { empty: 'kept' },
  };
}

function operations(c) {
  const session = c.get('session');
  // Its methods name one item each. What it holds is in its cache, each item as an entry with a value.
  const entries = () => session.getCache()._data;
  const items = () => Object.fromEntries(Object.keys(entries()).map((key) => [key, entries()[key].value]));
  const there = (key) => Object.hasOwn(entries(), key);
  const keyOf = ({ key }) => {
    if (typeof key !== 'string') throw new TypeError('"key" must be a string');
    return key;
  };
  // The shared operations, on the items as they are now, check what they are given and say what comes out.
  const read = (name) => (op) => core.itemOperations(items)[name](op);
  const { set_permanent, ...standIns } = core.standIns(items);
  const set = (key, value) => (session.set(key, value), null);
  const forget = (key) => {
    const found = there(key);
    session.forget(key);
    return found;
  };
  return {
    ...standIns,
    get: read('get'),
    contains: read('contains'),
    items: read('items'),
    len: read('len'),
    set: (op) => (read('set')(op), set(op.key, op.value)),
    delete: (op) => (forget(keyOf(op)) ? null : core.ABSENT),
    pop(op) {
      const value = read('get')(op);
      if (value !== core.ABSENT) session.forget(op.key);
      return value;
    },
    setdefault(op) {
      read('set')(op); // it is refused as `set` is
      if (!there(op.key)) set(op.key, op.value);
      return read('get')(op);
    },
    update(op) {
      read('update')(op);
      for (const [key, value] of Object.entries(op.items)) set(key, value);
      return null;
    },
    clear() {
      for (const key of Object.keys(entries())) session.forget(key);
      return null;
    },
    set_in: read('set_in'), // it enters the values themselves, and stores nothing back
    set_permanent(op) {
      set_permanent(op);
      return set('_permanent', op.value);
    },
    destroy: () => (session.deleteSession(), null),
    regenerate: () => (c.set('session_key_rotation', true), null),
  };
}

/**
 * The sessions with the probe behind them: use `probed(sessionMiddleware({ … }))` where `sessionMiddleware({ … })` was used.
 * Unless the environment has SESSIONSPEC_PROBE=1, that is the same. `description` replaces or completes what the probe says
 * of itself: say in it which lifetime the sessions have.
 */
function probed(sessions, { path = '/probe', description = {} } = {}) {
  if (!core.isAllowed()) return sessions;
  return (c, next) => {
    if (c.req.path !== path) return sessions(c, next);
    // In front of the sessions, so that it opens none.
    if (c.req.method !== 'POST') return c.json(core.completed(describe(), description));
    return sessions(c, async () => {
      c.res = await cycle(c);
    });
  };
}

async function cycle(c) {
  const { status, headers, text } = await core.run(await c.req.text(), operations(c));
  for (const [name, value] of headers) c.header(name, value, { append: true });
  if (text !== null) c.header('Content-Type', 'application/json');
  return c.body(text, status);
}

module.exports = { describe, operations, probed };
