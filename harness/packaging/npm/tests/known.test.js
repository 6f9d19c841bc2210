'use strict';

// A known failure is a test `todo`, and this file passes.

const path = require('node:path');
const { conformance } = require('sessionspec/test');

conformance({
  launch: 'node app.js',
  level: 'recommended',
  args: ['--check', 'cookie/vary'],
  knownFailures: path.join(__dirname, 'known-failures.toml'),
});
