'use strict';

const Koa = require('koa');
const exported = require('koa-session');
const { probed } = require('sessionspec/koa');

const session = exported.default ?? exported;
const app = new Koa();
app.keys = ['only for tests'];
app.use(probed(session(app)));
app.use((ctx) => {
  ctx.session.seen = (ctx.session.seen ?? 0) + 1;
  ctx.body = `seen ${ctx.session.seen} times`;
});
app.listen(process.env.PORT ?? 3000, '127.0.0.1');
