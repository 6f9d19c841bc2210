#!/usr/bin/env node
'use strict';

// Packs the packages: node pack.js OUT [PLATFORM=PROGRAM …], as in linux-x64=target/release/sessionspec. OUT then holds
// sessionspec-VERSION.tgz, and for each platform the package with its program.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [out, ...programs] = process.argv.slice(2);
if (!out) {
  console.error('usage: node pack.js OUT [PLATFORM=PROGRAM …]');
  process.exit(2);
}
const main = path.join(__dirname, 'sessionspec');
const { version, license, optionalDependencies } = require(path.join(main, 'package.json'));
const files = path.resolve(out);
fs.mkdirSync(files, { recursive: true });
const pack = (folder) => execFileSync('npm', ['pack', '--silent', '--pack-destination', files, folder], { stdio: 'inherit' });

for (const [name, named] of Object.entries(optionalDependencies)) {
  if (named !== version) throw new Error(`package.json wants ${name} ${named}, and is itself ${version}`);
}
pack(main);
for (const argument of programs) {
  const [platform, program] = argument.split('=');
  const name = `sessionspec-${platform}`;
  if (!Object.hasOwn(optionalDependencies, name)) throw new Error(`package.json has no optional dependency ${name}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sessionspec-'));
  try {
    const [system, processor] = platform.split('-');
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({
      name, version, license,
      description: `The program of sessionspec for ${system} on ${processor}`,
      os: [system], cpu: [processor], files: ['bin'],
    }, null, 2));
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.copyFileSync(program, path.join(folder, 'bin', 'sessionspec'));
    fs.chmodSync(path.join(folder, 'bin', 'sessionspec'), 0o755);
    pack(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
