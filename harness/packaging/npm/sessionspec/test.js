'use strict';

// Each check of the suite is one test of `node:test`, and the harness runs once for all of them.

const { execFile, execFileSync } = require('node:child_process');
const { mkdtemp, readFile, rm } = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');
const { find } = require('./lib/binary');

const OPTIONS = ['launch', 'url', 'level', 'knownFailures', 'args', 'runner'];

const PROBLEMS = {
  unverified: 'it could not be verified',
  error: 'the service did not answer as a probe does',
};

/**
 * Declares the tests. What is tested is `launch`, a command that listens on the port in PORT; or `url`, the probe of a
 * running service, or a function that starts one and gives its URL.
 *
 * `level` says which checks are tests: without it `sessionspec.toml` does, and where that says nothing it is `minimum`.
 * `knownFailures` names the list of known failures, and `args` are further arguments of `sessionspec run`. `runner` takes the
 * place of `node:test`, as with `import * as runner from 'vitest'`.
 */
function conformance({ launch, url, level, knownFailures, args = [], runner = require('node:test'), ...unknown }) {
  const [option] = Object.keys(unknown);
  if (option) throw new TypeError(`there is no option ${JSON.stringify(option)}; choose ${OPTIONS.join(', ')}`);
  if (!launch === !url) throw new TypeError('say what to test: either `launch`, a command, or `url`, a probe');
  const known = knownFailures ? ['--known-failures', knownFailures] : [];
  // A service that is not started yet has no URL, and nobody asks for it.
  const named = launch ? ['--launch', launch] : [typeof url === 'string' ? url : 'http://127.0.0.1/probe'];
  const listed = list([...named, ...(level ? ['--level', level] : []), ...known, ...args]);

  runner.describe('sessionspec', () => {
    let checks;
    let nothingJudged;
    // How long it takes is for the harness to say. The two runners are told so in different ways.
    const [before, patience] = runner.before ? [runner.before, { timeout: Infinity }] : [runner.beforeAll, 2 ** 31 - 1];
    before(async () => {
      const target = typeof url === 'function' ? [await url()] : named;
      try {
        // Checks that are selected would have a level of their own.
        const decides = namesLevel(args) ? [] : ['--level', listed.level];
        checks = await judge([...target, ...decides, ...known, ...args]);
      } catch (error) {
        nothingJudged = error;
      }
    }, patience);
    for (const { id } of listed.checks) {
      runner.it(id, (test) => {
        if (nothingJudged) {
          const error = nothingJudged;
          nothingJudged = new Error('nothing was judged, as the first check says');
          throw error;
        }
        // What fails above the level is no test, and its failure is not seen elsewhere.
        const fails = (cause) => listed.checks.some((other) => other.id === cause) && checks.get(cause)?.verdict === 'fail';
        holds(checks.get(id), test, fails);
      });
    }
  });
}

function namesLevel(args) {
  return args.some((word) => word === '--level' || word.startsWith('--level='));
}

/** The level that decides a run with these arguments in this folder, and the checks that it judges. */
function list(args) {
  try {
    const options = { encoding: 'utf8', maxBuffer: Infinity, stdio: ['ignore', 'pipe', 'pipe'] };
    return JSON.parse(execFileSync(find(), ['run', '--list', ...args], options));
  } catch (error) {
    throw error.stderr ? new TypeError(error.stderr.trim()) : error;
  }
}

/** Runs the command once; gives what became of each check, with its failures in words as `text`. */
async function judge(args) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sessionspec-'));
  const file = path.join(folder, 'report.json');
  try {
    const said = await new Promise((resolve) => {
      const options = { maxBuffer: Infinity, env: { SESSIONSPEC_CALLED_AS: 'npx sessionspec', ...process.env } };
      execFile(find(), ['run', ...args, '--report', `json=${file}`], options, (_error, _out, err) => {
        resolve(err);
      });
    });
    const text = await readFile(file, 'utf8').catch(() => {
      throw new Error(said.trim());
    });
    const report = JSON.parse(text);
    const texts = new Map((report.summary.failures ?? []).map((failed) => [failed.check, failed.text]));
    return new Map(report.checks.map((check) => [check.id, { ...check, text: texts.get(check.id) }]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function holds(check, test, fails) {
  if (!check) return test.skip('it was not run: the arguments or sessionspec.toml leave it out');
  const { verdict, because = '', known_failure: known } = check;
  if (known?.state === 'stale') throw new Error(`it is listed as a known failure, and does not fail: ${known.reason}`);
  if (verdict === 'not-applicable' || verdict === 'excused') return test.skip(`${verdict.replace('-', ' ')}: ${because}`);
  if (verdict === 'known-failure') return test.todo ? test.todo(known.reason) : test.skip(known.reason);
  if (verdict === 'fail') throw failure(check.text);
  // The test of the check that it relies on fails, and says what is wrong.
  const [, cause] = /^relies on ([a-z-]+\/[a-z-]+)/.exec(because) ?? [];
  if (verdict === 'unverified' && fails(cause)) return test.skip(`${PROBLEMS[verdict]}: ${because}`);
  if (Object.hasOwn(PROBLEMS, verdict)) throw failure(`${PROBLEMS[verdict]}: ${because}`);
  return undefined;
}

// Where in this file it was thrown says nothing.
function failure(text) {
  const error = new Error(text);
  error.stack = text;
  return error;
}

module.exports = { conformance };
