'use strict';

const { conformance } = require('sessionspec/test');

conformance({ launch: 'node app.js' });
