#!/usr/bin/env node
'use strict';

// Starts the program, hands on the signals that it gets, and ends as it ends.

const { spawn } = require('node:child_process');
const os = require('node:os');
const { find } = require('../lib/binary');

let program;
try {
  program = find();
} catch (error) {
  console.error(`sessionspec: ${error.message}`);
  process.exit(2);
}

// The commands that it names are to be pasted as this one was typed.
const env = process.env.npm_command === 'exec' ? { SESSIONSPEC_CALLED_AS: 'npx sessionspec', ...process.env } : process.env;
const child = spawn(program, process.argv.slice(2), { stdio: 'inherit', env });
// A terminal sends an interrupt to both, and the program reports what it has found by then: so this waits for it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`sessionspec: ${program} cannot be started: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]));
