"""A WSGI application with the sessions of Beaker, as a user has one."""

import os
import tempfile

from beaker.middleware import SessionMiddleware
from sessionspec.probes.wsgi import Probe

options = {
    "session.type": "file",
    "session.data_dir": os.path.join(tempfile.gettempdir(), "beaker"),
    "session.secret": "only for tests",
}
application = SessionMiddleware(Probe("beaker.session", save=lambda session: session.save()), options)
