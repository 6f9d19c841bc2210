#!/usr/bin/env node
'use strict';

// Packs the packages: node pack.js OUT [PLATFORM=PROGRAM …], as in linux-x64=target/release/sessionspec. OUT then holds
// sessionspec-VERSION.tgz, and for each platform the package with its program. The manual is in the first one, where one of
// the programs runs on this machine, and so are the protocol, the probes and the templates for CI to copy.

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
const root = path.join(__dirname, '../../..');
const description = require(path.join(main, 'package.json'));
const { version, license, optionalDependencies } = description;
const files = path.resolve(out);
fs.mkdirSync(files, { recursive: true });

for (const [name, named] of Object.entries(optionalDependencies)) {
  if (named !== version) throw new Error(`package.json wants ${name} ${named}, and is itself ${version}`);
}
const platforms = programs.map((argument) => argument.split('='));
for (const [platform] of platforms) {
  const name = `sessionspec-${platform}`;
  if (!Object.hasOwn(optionalDependencies, name)) throw new Error(`package.json has no optional dependency ${name}`);
}

/** Packs what `fill` puts into a folder. */
function pack(fill) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sessionspec-'));
  const write = (contents) => fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(contents, null, 2));
  try {
    fill(folder, write);
    fs.copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
    execFileSync('npm', ['pack', '--silent', '--pack-destination', files, folder], { stdio: 'inherit' });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

pack((folder, write) => {
  fs.cpSync(main, folder, { recursive: true });
  fs.copyFileSync(path.join(__dirname, 'README.md'), path.join(folder, 'README.md'));
  fs.copyFileSync(path.join(root, 'harness/PROTOCOL.md'), path.join(folder, 'PROTOCOL.md'));
  for (const probe of ['php', 'symfony', 'rack', 'gorilla', 'scs', 'servlet']) {
    fs.cpSync(path.join(root, 'fixtures/probes', probe), path.join(folder, 'probes', probe), { recursive: true });
  }
  for (const template of ['README.md', 'action.yml', 'comment', 'gitlab.yml', 'report']) {
    fs.cpSync(path.join(__dirname, '../ci', template), path.join(folder, 'ci', template));
  }
  const [, own] = platforms.find(([platform]) => platform === `${process.platform}-${process.arch}`) ?? [];
  if (!own) return;
  const pages = path.join(folder, 'man');
  execFileSync(path.resolve(own), ['man', pages], { stdio: 'ignore' });
  const man = fs.readdirSync(pages).sort().map((page) => `man/${page}`);
  write({ ...description, files: [...description.files, 'man'], man });
});
for (const [platform, program] of platforms) {
  pack((folder, write) => {
    const [system, processor] = platform.split('-');
    write({
      name: `sessionspec-${platform}`, version, license,
      description: `The program of sessionspec for ${system} on ${processor}`,
      os: [system], cpu: [processor], files: ['bin'],
      // The programs for Linux need the loader of glibc.
      ...(system === 'linux' ? { libc: ['glibc'] } : {}),
    });
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.copyFileSync(program, path.join(folder, 'bin', 'sessionspec'));
    fs.chmodSync(path.join(folder, 'bin', 'sessionspec'), 0o755);
  });
}
