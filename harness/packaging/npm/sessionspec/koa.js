'use strict';

// The probe for Koa with koa-session.

const core = require('./core');
const versionOf = require('./lib/version');

const ONE_DAY = 24 * 60 * 60;

/** What the probe answers to GET, where sessions are kept in signed cookies and have the default lifetime. */
function describe() {
  return {
    protocol: 1,
    name: 'koa-session',
    ...versionOf('koa-session'),
    browser_lifetime_seconds: ONE_DAY,
    derived: ['permanent', 'set_permanent', 'modified', 'set_modified'],
    composed: ['pop', 'setdefault', 'update', 'clear'],
    without_body: core.WITHOUT_BODY,
    declares: { new: 'real', store: 'client' },
  };
}

// What the session keeps for itself in enumerable members, in one version or another.
const HIDDEN = ['_ctx', '_expire', '_requireSave', 'isNew'];

function operations(ctx) {
  const current = () => {
    if (ctx.session === null) throw new Error('the session was destroyed');
    return ctx.session;
  };
  return {
    ...core.itemOperations(current, [], HIDDEN),
    ...core.standIns(current),
    new: () => Boolean(ctx.session?.isNew),
    destroy() {
      ctx.session = null;
      return null;
    },
    set_lifetime({ seconds }) {
      if (typeof seconds !== 'number' || !(seconds > 0)) throw new RangeError('koa-session takes no such lifetime');
      current().maxAge = seconds * 1000;
      return null;
    },
  };
}

/**
 * The sessions with the probe behind them: use `probed(session({ … }, app))` where `session({ … }, app)` was used. Unless
 * the environment has SESSIONSPEC_PROBE=1, that is the same. `description` replaces or completes what the probe says of
 * itself: say in it which lifetime the sessions have.
 */
function probed(sessions, { path = '/probe', description = {} } = {}) {
  if (!core.isAllowed()) return sessions;
  return (ctx, next) => {
    if (ctx.path !== path) return sessions(ctx, next);
    if (ctx.method === 'POST') return sessions(ctx, () => cycle(ctx));
    ctx.body = core.completed(describe(), description); // in front of the sessions, so that it opens none
    return undefined;
  };
}

async function cycle(ctx) {
  const { status, headers, text } = await core.run(await core.textOf(ctx.req), operations(ctx));
  for (const [name, value] of headers) ctx.append(name, value);
  ctx.status = status;
  if (text === null) return;
  ctx.type = 'json';
  ctx.body = text;
}

module.exports = { describe, operations, probed };
