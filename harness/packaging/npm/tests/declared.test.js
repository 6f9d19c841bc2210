'use strict';

// Which checks become tests. Nothing is run: the runner of this file only notes what is declared.

const assert = require('node:assert');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { conformance } = require('sessionspec/test');

function suites(options) {
  const declared = new Set();
  const it = (id) => declared.add(id.split('/')[0]);
  const runner = { describe: (_name, body) => body(), before() {}, it };
  conformance({ launch: 'true', ...options, runner });
  return declared;
}

const level = 'recommended';

test('what is run only where it is named is a test only there', () => {
  const onDemand = ['promises', 'nodes', 'beside', 'restart', 'outage'];
  const among = (options) => onDemand.filter((suite) => suites({ level, ...options }).has(suite));
  assert.ok(suites({ level }).has('concurrency'));
  assert.deepStrictEqual(among({}), []);
  assert.deepStrictEqual(among({ args: ['--suite', 'promises'] }), ['promises']);
  assert.deepStrictEqual(among({ args: ['--nodes', '2'] }), ['nodes']);
  assert.deepStrictEqual(among({ args: ['--check=restart/*'] }), ['restart']);
  assert.deepStrictEqual(among({ args: ['--beside', 'http://127.0.0.1:6000/probe'] }), ['beside']);
});

test('what means nothing is told', () => {
  assert.throws(() => suites({ level: 'high' }), /high.*minimum/s);
  assert.throws(() => suites({ args: ['--suite', 'minimun'] }), /minimun/);
  assert.throws(() => suites({ knownFailure: 'known.toml' }), /"knownFailure".*knownFailures/);
});

test('a project names suites and the level, too', (context) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sessionspec-'));
  const before = process.cwd();
  context.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  process.chdir(folder);
  const write = (text) => writeFileSync('sessionspec.toml', text);
  write("suites = [\n  'minimum',\n  'outage',\n]\n");
  assert.ok(suites({ level }).has('outage'));
  assert.ok(!suites({ level, args: ['--no-project'] }).has('outage'));
  write("level = 'hardened'\n");
  assert.ok(suites({}).has('identity'));
  assert.ok(!suites({ level: 'minimum' }).has('identity'));
  write("[profiles.several]\nsuites = ['restart']\n");
  assert.ok(!suites({ level }).has('restart'));
  assert.ok(suites({ level, args: ['--profile', 'several'] }).has('restart'));
});
