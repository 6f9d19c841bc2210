import { H3, serve, useSession } from 'h3';
import { probe } from 'sessionspec/h3';

const sessions = (event) => useSession(event, { password: 'only for tests, and with 32 letters or more' });

const app = new H3();
app.all('/probe', probe(sessions));
app.get('/', async (event) => {
  const session = await sessions(event);
  await session.update({ seen: (session.data.seen ?? 0) + 1 });
  return `seen ${session.data.seen} times`;
});
serve(app, { port: process.env.PORT ?? 3000, hostname: '127.0.0.1', silent: true });
