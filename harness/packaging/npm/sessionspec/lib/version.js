'use strict';

// The version of a library as the application has it, seen from where it was started; none where that cannot be told.

const path = require('node:path');
const { createRequire } = require('node:module');

module.exports = function versionOf(library) {
  const file = `${library}/package.json`;
  for (const require_ of [createRequire(path.join(process.cwd(), 'from-here.js')), require]) {
    try {
      return { version: require_(file).version };
    } catch {
      // The other one may know it.
    }
  }
  return {};
};
