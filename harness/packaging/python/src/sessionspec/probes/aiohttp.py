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
        if status in core.WITHOUT_BODY:
            response = web.Response(status=status)
        else:
            response = web.Response(body=body, status=status, content_type="application/json")
        for name, value in headers:
            response.headers.add(name, value)
        return response

    async def describe(request):
        return answer(core.encode({**described(storage_of(request)), **(description or {})}))

    async def cycle(request):
        try:
            ops = core.read_cycle(await read(request))
        except ValueError as error:
            return answer(core.encode({"error": str(error)}), 400)
        loop = asyncio.get_running_loop()
        storage_of(request)
        # An empty cycle must not open a session.
        session = await get_session(request) if ops else None
        # In a thread, so that a held cycle does not stop the others.
        done = await loop.run_in_executor(threads, core.run_cycle, ops, operations(request, session, loop))
        status, headers, body = done
        return answer(body, status, headers)

    app.router.add_get(path, describe)
    app.router.add_post(path, cycle)


def is_mounted(app, path="/probe"):
    """Whether the application has a probe already, since it mounts one itself."""
    return any(resource.canonical == path for resource in app.router.resources())


def lifetime_key():
    """Where an application keeps the lifetime that the command line asks for."""
    from aiohttp import web

    global _lifetime_key
    if _lifetime_key is None:
        _lifetime_key = web.AppKey("sessionspec_lifetime", int)
    return _lifetime_key


_lifetime_key = None


def storage_of(request):
    """The application's storage, with the lifetime that the command line asks for; none without aiohttp-session."""
    from aiohttp_session import STORAGE_KEY

    storage = request.get(STORAGE_KEY)
    lifetime = request.config_dict.get(lifetime_key())
    if storage is not None and lifetime is not None:
        # The application has made the storage, and the library has no way to change it afterwards.
        storage._max_age = storage.cookie_params["max_age"] = lifetime
    return storage


async def read(request):
    # Its `read` refuses what is larger than the application's `client_max_size`.
    return b"".join([part async for part in request.content.iter_any()])


def named(storage):
    """Name and version of what is tested: the library whose storage it is, and else aiohttp-session."""
    own = {"name": "aiohttp-session", "version": version("aiohttp-session")}
    library = core.library_of(type(storage))
    if storage is None or library is None or library[1].lower().replace("_", "-") == own["name"]:
        return own
    name = "%(name)s %(version)s, " % own
    return {"name": name + "%s of %s" % library[:2], "version": library[2]}


def described(storage):
    known = {
        "protocol": 1,
        **named(storage),
        "derived": ["permanent", "set_permanent", "modified"],
        "composed": ["regenerate"],
        "without_body": core.WITHOUT_BODY,
    }
    if storage is not None:
        # With `None` the storage keeps sessions for ever.
        known["browser_lifetime_seconds"] = storage.max_age
    return known


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

    return {
        **core.item_operations(current),
        **core.stand_ins(current),
        "new": lambda op: current().new,
        "set_modified": lambda op: current().changed(),
        "destroy": lambda op: current().invalidate(),
        # There is no `set_lifetime`: `max_age` of a session holds for one response, and the next request has the
        # storage's again.
        "regenerate": regenerate,
    }


def main():
    parser = argparse.ArgumentParser(description="Serve the sessionspec probe in an application with aiohttp-session.")
    parser.add_argument("target", metavar="package.module:app", help="an application, or a function that makes one")
    parser.add_argument("--lifetime", type=core.whole_seconds, metavar="SECONDS", help="max_age of the storage")
    options = core.read_arguments(parser)

    import logging

    from aiohttp import web

    # This file runs as `__main__`; the application may have imported it by its name.
    from sessionspec.probes import aiohttp as probe

    logging.basicConfig(level=logging.WARNING)
    app = core.load(options.target)
    if options.lifetime is not None:
        app[probe.lifetime_key()] = options.lifetime
    if not probe.is_mounted(app):
        probe.mount(app)
    web.run_app(app, host="127.0.0.1", port=options.port, print=None, access_log=None)


if __name__ == "__main__":
    main()
