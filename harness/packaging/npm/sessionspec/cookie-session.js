'use strict';

// The probe for Express with cookie-session, which keeps its sessions in signed cookies.

const core = require('./core');
const express = require('./express');
const versionOf = require('./lib/version');

/** What the probe answers to GET. */
function describe() {
  return {
    protocol: 1,
    name: 'cookie-session',
    ...versionOf('cookie-session'),
    browser_lifetime_seconds: null, // nothing but the cookie says how old a session is
    derived: ['permanent', 'set_permanent'],
    composed: ['pop', 'setdefault', 'update', 'clear'],
    without_body: core.WITHOUT_BODY,
    declares: { new: 'real', store: 'client', on_error: 'saved', empty: 'kept' },
  };
}

function operations(req) {
  const current = () => {
    if (req.session === null) throw new Error('the session was destroyed');
    return req.session;
  };
  const { set_modified, ...standIns } = core.standIns(current); // it compares, and cannot be told
  return {
    ...core.itemOperations(current),
    ...standIns,
    modified: () => current().isChanged,
    new: () => current().isNew,
    destroy() {
      req.session = null;
      return null;
    },
  };
}

/** The sessions with the probe behind them, as in `sessionspec/express`. */
const probed = (sessions, options) => express.probed(sessions, { ...options, probe: { describe, operations } });

module.exports = { describe, operations, probed };
