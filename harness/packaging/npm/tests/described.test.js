'use strict';

// What an application says of its sessions, beside what the probe says.

const assert = require('node:assert');
const { test } = require('node:test');
const { describe, probed } = require('sessionspec/express');

process.env.SESSIONSPEC_PROBE = '1';

function described(description) {
  let said;
  const mounted = probed(() => assert.fail('a description opens no session'), { description });
  mounted({ path: '/probe', method: 'GET' }, { json: (body) => { said = JSON.parse(JSON.stringify(body)); } });
  return said;
}

test('a claim is added to those of the probe', () => {
  const { declares } = described({ declares: { expiry: 'sliding' } });
  assert.deepStrictEqual(declares, { ...describe().declares, expiry: 'sliding' });
});

test('a claim is replaced or taken back', () => {
  const { declares } = described({ declares: { store: 'client', empty: undefined } });
  assert.strictEqual(declares.store, 'client');
  assert.ok('empty' in describe().declares && !('empty' in declares));
});

test('everything else is replaced as a whole', () => {
  const said = described({ name: 'shop', derived: ['permanent'] });
  assert.strictEqual(said.name, 'shop');
  assert.deepStrictEqual(said.derived, ['permanent']);
});
