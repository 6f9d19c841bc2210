'use strict';

// Sessions whose lifetime is an argument, as the guide shows it.

const express = require('express');
const session = require('express-session');
const { probed } = require('sessionspec/express');

const app = express();
const store = new session.MemoryStore();
const secret = 'only for tests';
const seconds = Number(process.argv[2] ?? 1800);
const sessions = session({ secret, store, resave: false, saveUninitialized: false, rolling: true, cookie: { maxAge: seconds * 1000 } });
app.use(probed(sessions, { description: { browser_lifetime_seconds: seconds, declares: { expiry: 'sliding' } } }));
app.listen(process.env.PORT ?? 3000, '127.0.0.1');
