'use strict';

// The probe for h3, with the sessions that it brings along. It is made for h3 2.

const core = require('./core');
const versionOf = require('./lib/version');

/** What the probe answers to GET. */
function describe() {
  return {
    protocol: 1,
    name: 'h3',
    ...versionOf('h3'),
    derived: ['permanent', 'set_permanent', 'modified', 'new'],
    composed: ['delete', 'pop', 'setdefault', 'clear'],
    without_body: core.WITHOUT_BODY,
    declares: { store: 'client', empty: 'kept' },
  };
}

/** `open` gives the session: it is called by the first operation, since h3 starts a session as soon as it is asked for. */
function operations(open) {
  let opened;
  const session = () => (opened ??= open());
  // The shared operations read what is there now, and check what they are given.
  const read = (name) => async (op) => {
    const { data } = await session();
    return core.itemOperations(() => data)[name](op);
  };
  // On a copy, they say what has to be changed, which is then told to h3.
  const written = (name) => async (op) => {
    const { data, update } = await session();
    const copy = { ...data };
    const result = { ...core.itemOperations(() => copy), ...core.standIns(() => copy) }[name](op);
    await update((old) => {
      for (const key of Object.keys(old)) if (!Object.hasOwn(copy, key)) delete old[key];
      return copy;
    });
    return result;
  };
  const standIn = (name) => async (op) => {
    const { data } = await session();
    return core.standIns(() => data)[name](op);
  };
  const reads = ['get', 'contains', 'items', 'len', 'set_in'];
  const writes = ['set', 'delete', 'pop', 'setdefault', 'update', 'clear', 'set_permanent'];
  return {
    ...Object.fromEntries(reads.map((name) => [name, read(name)])),
    ...Object.fromEntries(writes.map((name) => [name, written(name)])),
    ...Object.fromEntries(['permanent', 'modified', 'new'].map((name) => [name, standIn(name)])),
    set_modified: async () => (await (await session()).update(), null), // it seals what is there
    destroy: async () => (await (await session()).clear(), null),
  };
}

/**
 * A handler, as in `app.all('/probe', probe((event) => useSession(event, { … })))`. Unless the environment has
 * SESSIONSPEC_PROBE=1, it answers 404. `description` replaces or completes what the probe says of itself: say in it which
 * lifetime the sessions have.
 */
function probe(open, { description = {} } = {}) {
  return async (event) => {
    if (!core.isAllowed()) {
      event.res.status = 404;
      return 'not found';
    }
    if (event.req.method !== 'POST') return core.completed(describe(), description);
    const { status, headers, text } = await core.run(await event.req.text(), operations(() => open(event)));
    for (const [name, value] of headers) event.res.headers.append(name, value);
    if (text !== null) event.res.headers.set('Content-Type', 'application/json');
    event.res.status = status;
    return text;
  };
}

module.exports = { describe, operations, probe };
