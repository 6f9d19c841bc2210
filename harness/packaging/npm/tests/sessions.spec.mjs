import * as runner from 'vitest';
import { conformance } from 'sessionspec/test';

conformance({ launch: 'node app.js', runner });
