'use strict';

// A system with musl has no loader for the program: npm leaves its package out, and the command says why there is none.

const assert = require('node:assert');
const path = require('node:path');
const { test } = require('node:test');

const onLinux = { skip: process.platform !== 'linux' };
// The package exports no such module.
const { find } = require(path.join(path.dirname(require.resolve('sessionspec/package.json')), 'lib/binary.js'));

test('the package with the program names glibc', onLinux, () => {
  assert.deepStrictEqual(require(`sessionspec-linux-${process.arch}/package.json`).libc, ['glibc']);
});

test('a system with musl has no program', onLinux, (context) => {
  assert.ok(find());
  context.mock.method(process.report, 'getReport', () => ({ header: {} }));
  assert.throws(find, /^Error: there is no program for Linux with musl; build it with /);
});
