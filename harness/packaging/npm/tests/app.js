'use strict';

const express = require('express');
const session = require('express-session');
const { probed } = require('sessionspec/express');

const app = express();
app.use(probed(session({ secret: 'only for tests', resave: false, saveUninitialized: false })));
app.get('/', (req, res) => {
  req.session.seen = (req.session.seen ?? 0) + 1;
  res.send(`seen ${req.session.seen} times`);
});
app.listen(process.env.PORT ?? 3000, '127.0.0.1');
