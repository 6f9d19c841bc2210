'use strict';

const app = require('fastify')();
app.register(require('sessionspec/fastify')); // before the sessions
app.register(require('@fastify/cookie'));
app.register(require('@fastify/session'), {
  secret: 'only for tests, and with 32 letters or more',
  saveUninitialized: false,
  cookie: { secure: 'auto' },
});
app.get('/', async (request) => {
  request.session.seen = (request.session.seen ?? 0) + 1;
  return `seen ${request.session.seen} times`;
});
app.listen({ port: process.env.PORT ?? 3000, host: '127.0.0.1' });
