import * as runner from 'vitest';
import { conformance } from 'sessionspec/test';

// sessions.test.js runs all suites.
conformance({ launch: 'node app.js', args: ['--suite', 'minimum'], runner });
