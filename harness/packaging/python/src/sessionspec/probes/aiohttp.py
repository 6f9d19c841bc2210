"""The probe for aiohttp: the sessions of aiohttp-session."""

import argparse
import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from sessionspec import probe as core


def mount(app, path="/probe", description=None):
    """Adds the probe to an application, where the environment has SESSIONSPEC_PROBE=1; otherwise it does nothing.

    `description` replaces or completes what the probe answers to `GET`.
    """
    if not core.is_allowed():
        return
    from aiohttp import web
    from aiohttp_session import get_session

    # More than the loop's own pool has: each held cycle keeps a thread.
    threads = ThreadPoolExecutor(max_workers=32)

    def answer(body, status=200, headers=()):
        response = web.Response(body=body, status=status, content_type="application/json")
        for name, value in headers:
            response.headers.add(name, value)
        return response

    async def describe(_request):
        return answer(core.encode({**described(), **(description or {})}))

    async def cycle(request):
        try:
            ops = core.read_cycle(await read(request))
        except ValueError as error:
            return answer(core.encode({"error": str(error)}), 400)
        loop = asyncio.get_running_loop()
        # An empty cycle must not open a session.
        session = await get_session(request) if ops else None
        # In a thread, so that a held cycle does not stop the others.
        done = await loop.run_in_executor(threads, core.run_cycle, ops, operations(request, session, loop))
        status, headers, body = done
        return answer(body, status, headers)

    app.router.add_get(path, describe)
    app.router.add_post(path, cycle)


async def read(request):
    # Its `read` refuses what is larger than the application's `client_max_size`.
    return b"".join([part async for part in request.content.iter_any()])


def described():
    return {
        "protocol": 1,
        "name": "aiohttp-session",
        "version": version("aiohttp-session"),
        "derived": ["permanent", "set_permanent", "modified"],
        "composed": ["regenerate"],
    }


def operations(request, session, loop):
    from aiohttp_session import new_session

    opened = [session]

    def current():
        return opened[0]

    def regenerate(op):
        items = dict(current())
        # It belongs to the loop, and this is another thread.
        opened[0] = asyncio.run_coroutine_threadsafe(new_session(request), loop).result()
        opened[0].update(items)

    def set_lifetime(op):
        current().max_age = core.whole_number(op["seconds"])

    return {
        **core.item_operations(current),
        **core.stand_ins(current),
        "new": lambda op: current().new,
        "set_modified": lambda op: current().changed(),
        "destroy": lambda op: current().invalidate(),
        "regenerate": regenerate,
        "set_lifetime": set_lifetime,
    }


def main():
    parser = argparse.ArgumentParser(description="Serve the sessionspec probe in an application with aiohttp-session.")
    parser.add_argument("target", metavar="package.module:app", help="an application, or a function that makes one")
    options = core.read_arguments(parser)

    import logging

    from aiohttp import web

    logging.basicConfig(level=logging.WARNING)
    app = core.load(options.target)
    mount(app)
    web.run_app(app, host="127.0.0.1", port=options.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
