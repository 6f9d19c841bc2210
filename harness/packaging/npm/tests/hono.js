'use strict';

const { Hono } = require('hono');
const { serve } = require('@hono/node-server');
const { MemoryStore, sessionMiddleware } = require('hono-sessions');
const { probed } = require('sessionspec/hono');

const app = new Hono();
app.use('*', probed(sessionMiddleware({
  store: new MemoryStore(),
  cookieOptions: { path: '/', httpOnly: true, sameSite: 'Lax' },
})));
app.get('/', (c) => {
  const session = c.get('session');
  session.set('seen', (session.get('seen') ?? 0) + 1);
  return c.text(`seen ${session.get('seen')} times`);
});
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' });
