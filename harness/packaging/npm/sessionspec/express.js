'use strict';

// The probe for Express with express-session.

const core = require('./core');
const versionOf = require('./lib/version');

/** What the probe answers to GET, where sessions are kept in express-session's own MemoryStore or a store like it. */
function describe() {
  return {
    protocol: 1,
    name: 'express-session',
    ...versionOf('express-session'),
    derived: ['permanent', 'set_permanent', 'modified', 'set_modified', 'new'],
    composed: ['pop', 'setdefault', 'update', 'clear', 'regenerate'],
    without_body: core.WITHOUT_BODY,
    declares: { nested: 'tracked', store: 'server', concurrency: 'last-write-wins', on_error: 'saved', empty: 'kept' },
  };
}

function operations(req) {
  const current = () => req.session;
  const call = (method) => new Promise((resolve, reject) => {
    req.session[method]((error) => (error ? reject(error) : resolve(null)));
  });
  return {
    ...core.itemOperations(current, ['cookie']),
    ...core.standIns(current),
    destroy: () => call('destroy'),
    save: () => call('save'),
    async regenerate() {
      const { cookie, ...items } = req.session; // the new session brings a cookie of its own
      await call('regenerate');
      for (const [key, value] of Object.entries(items)) core.put(req.session, key, value);
      return null;
    },
    set_lifetime({ seconds }) {
      const milliseconds = typeof seconds === 'number' ? seconds * 1000 : NaN;
      if (Number.isNaN(new Date(Date.now() + milliseconds).valueOf())) throw new RangeError('no such lifetime');
      req.session.cookie.maxAge = milliseconds;
      return null;
    },
  };
}

/**
 * The sessions with the probe behind them: use `probed(session({ … }))` where `session({ … })` was used. Unless the
 * environment has SESSIONSPEC_PROBE=1, that is the same. `description` replaces or completes what the probe says of itself:
 * say in it which lifetime the sessions have.
 */
function probed(sessions, { path = '/probe', description = {}, probe = { describe, operations } } = {}) {
  if (!core.isAllowed()) return sessions;
  return (req, res, next) => {
    if (req.path !== path) return sessions(req, res, next);
    // In front of the sessions, so that it opens none.
    if (req.method !== 'POST') return res.json(core.completed(probe.describe(), description));
    return sessions(req, res, (error) => (error ? next(error) : cycle(req, res, probe).catch(next)));
  };
}

async function cycle(req, res, probe) {
  const { status, headers, text } = await core.run(await bodyOf(req), probe.operations(req));
  for (const [name, value] of headers) res.append(name, value);
  if (text === null) res.status(status).end();
  else res.status(status).type('json').send(text);
}

function bodyOf(req) {
  if (!req.readableEnded) return core.textOf(req);
  throw new Error('something has read the body of the request already: use the sessions before express.json() and the like');
}

module.exports = { describe, operations, probed };
