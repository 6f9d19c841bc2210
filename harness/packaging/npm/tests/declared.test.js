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
  conformance({ launch: 'true', level: 'recommended', ...options, runner });
  return declared;
}

test('what is run only where it is named is a test only there', () => {
  const onDemand = ['promises', 'nodes', 'restart', 'outage'];
  const among = (options) => onDemand.filter((suite) => suites(options).has(suite));
  assert.ok(suites({}).has('concurrency'));
  assert.deepStrictEqual(among({}), []);
  assert.deepStrictEqual(among({ args: ['--suite', 'promises', '--nodes', '2'] }), ['promises', 'nodes']);
  assert.deepStrictEqual(among({ args: ['--check=restart/*'] }), ['restart']);
});

test('a project names suites, too', (context) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sessionspec-'));
  const before = process.cwd();
  context.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  process.chdir(folder);
  const write = (text) => writeFileSync('sessionspec.toml', text);
  write("suites = [\n  'minimum',\n  'outage',\n]\n");
  assert.ok(suites({}).has('outage'));
  assert.ok(!suites({ args: ['--no-project'] }).has('outage'));
  write("[profiles.several]\nnodes = 2\n");
  assert.ok(!suites({}).has('nodes'));
  assert.ok(suites({ args: ['--profile', 'several'] }).has('nodes'));
});
