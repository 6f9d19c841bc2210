'use strict';

// The probe for Fastify with @fastify/session.

const { Readable } = require('node:stream');
const core = require('./core');
const versionOf = require('./lib/version');

/** What the probe answers to GET. */
function describe() {
  return {
    protocol: 1,
    name: '@fastify/session',
    ...versionOf('@fastify/session'),
    derived: ['permanent', 'set_permanent', 'new'],
    composed: ['pop', 'setdefault', 'update', 'clear'],
    without_body: core.WITHOUT_BODY,
    declares: { store: 'server', on_error: 'saved', empty: 'kept' },
  };
}

function operations(request) {
  const current = () => request.session;
  const { set_modified, ...standIns } = core.standIns(current); // it compares, and cannot be told
  return {
    ...core.itemOperations(current, ['cookie']),
    ...standIns,
    modified: () => current().isModified(),
    destroy: () => current().destroy().then(() => null),
    save: () => current().save().then(() => null),
    async regenerate() {
      const kept = Object.keys(current()).filter((key) => key !== 'cookie');
      await current().regenerate(kept);
      return null;
    },
    set_lifetime({ seconds }) {
      const milliseconds = typeof seconds === 'number' ? seconds * 1000 : NaN;
      if (Number.isNaN(new Date(Date.now() + milliseconds).valueOf())) throw new RangeError('no such lifetime');
      current().cookie.maxAge = milliseconds;
      return null;
    },
  };
}

/**
 * A plugin. Register it before @fastify/session, where that is registered: then what describes the application is answered
 * before a session is opened. Unless the environment has SESSIONSPEC_PROBE=1, it does nothing. `description` replaces or
 * completes what the probe says of itself: say in it which lifetime the sessions have.
 */
async function plugin(app, { path = '/probe', description = {} } = {}) {
  if (!core.isAllowed()) return;
  const isDescribed = (request) => request.method === 'GET' && request.url.split('?')[0] === path;
  app.addHook('onRequest', async (request, reply) => {
    if (isDescribed(request)) return reply.send(core.completed(describe(), description));
    return undefined;
  });
  app.get(path, (_request, reply) => reply.callNotFound()); // the hook has answered before
  const bodies = new WeakMap();
  app.post(path, {
    bodyLimit: core.BODY_LIMIT,
    // The text itself: parsers refuse some names of items. Fastify is given an empty list in its place.
    async preParsing(request, _reply, payload) {
      bodies.set(request, await core.textOf(payload));
      request.raw.headers['content-type'] = 'application/json';
      request.raw.headers['content-length'] = '2';
      const nothing = Readable.from([Buffer.from('[]')]);
      nothing.receivedEncodedLength = 2;
      return nothing;
    },
    async onError(_request, _reply, error) {
      console.error(error);
    },
  }, async (request, reply) => {
    const { status, headers, text } = await core.run(bodies.get(request), operations(request));
    for (const [name, value] of headers) addField(reply, name, value);
    if (text === null) return reply.code(status).send();
    return reply.code(status).type('application/json').send(text);
  });
}

// Its hook and its routes belong to the application, as those of the sessions do, and not to a context of its own.
plugin[Symbol.for('skip-override')] = true;
plugin[Symbol.for('fastify.display-name')] = 'sessionspec';

// Fastify keeps several values only of Set-Cookie.
function addField(reply, name, value) {
  const before = name.toLowerCase() === 'set-cookie' ? undefined : reply.getHeader(name);
  reply.header(name, before === undefined ? value : `${before}, ${value}`);
}

module.exports = plugin;
module.exports.describe = describe;
module.exports.operations = operations;
