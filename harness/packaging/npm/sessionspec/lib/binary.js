'use strict';

// Where the program is: what SESSIONSPEC_BINARY names, or else the one that the package of this platform has brought along.

const fs = require('node:fs');

const BUILD = 'build it with `cargo install --locked --path harness` in a clone and name it in SESSIONSPEC_BINARY';

/** The path of the program, or an error that says what to do. */
function find() {
  const chosen = process.env.SESSIONSPEC_BINARY;
  if (chosen) {
    if (!fs.existsSync(chosen)) throw new Error(`SESSIONSPEC_BINARY names no file: ${chosen}`);
    return chosen;
  }
  // The programs for Linux need the loader of glibc, which a system with musl, such as Alpine, does not have.
  if (process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime) {
    throw new Error(`there is no program for Linux with musl; ${BUILD}`);
  }
  const platform = `sessionspec-${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${platform}/bin/sessionspec`);
  } catch {
    const { optionalDependencies } = require('../package.json');
    const why = Object.hasOwn(optionalDependencies, platform)
      ? `the package ${platform} is not installed; install again without --omit=optional`
      : `there is no program for ${process.platform} on ${process.arch}`;
    throw new Error(`${why}, or ${BUILD}`);
  }
}

module.exports = { find };
