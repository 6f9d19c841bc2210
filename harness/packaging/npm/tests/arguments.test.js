'use strict';

// The level may be among the arguments, and so may a report.

const assert = require('node:assert');
const { existsSync, mkdtempSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after } = require('node:test');
const { conformance } = require('sessionspec/test');

const folder = mkdtempSync(path.join(os.tmpdir(), 'sessionspec-'));
const report = path.join(folder, 'report.md');
const args = ['--level', 'recommended', '--check', 'cookie/http-only', '--report', `markdown=${report}`];
conformance({ launch: 'node app.js', args });
after(() => {
  assert.ok(existsSync(report));
  rmSync(folder, { recursive: true });
});
