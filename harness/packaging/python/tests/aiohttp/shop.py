"""An application of aiohttp, as a user has one."""

from aiohttp import web
from aiohttp_session import get_session, setup
from aiohttp_session.cookie_storage import EncryptedCookieStorage


async def index(request):
    session = await get_session(request)
    session["seen"] = session.get("seen", 0) + 1
    return web.Response(text="seen %d times" % session["seen"])


def make_app():
    app = web.Application()
    setup(app, EncryptedCookieStorage(b"only for tests, and 32 bytes ..."))
    app.router.add_get("/", index)
    return app
