"""The probe for Django: the sessions of `request.session`, behind the middleware of a project or of its own."""

import argparse
import os
import sys
from importlib import import_module
from importlib.metadata import version

from sessionspec import probe as core

CLIENT_SIDE = "signed_cookies"
OWN_ENGINES = "django.contrib.sessions.backends."


def urls(path="probe"):
    """The probe as a list of URL patterns, which is empty unless the environment has SESSIONSPEC_PROBE=1."""
    from django.urls import path as pattern

    return [pattern(path, view)] if core.is_allowed() else []


def application(path="probe"):
    """A WSGI application with the settings and the middleware of the project, and no URL but the probe's."""
    import django
    from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
    from django.urls import path as pattern

    class ProbeRequest(WSGIRequest):
        urlconf = (pattern(path, view),)

        def get_host(self):
            # It is served on loopback only, which ALLOWED_HOSTS need not name.
            return self._get_raw_host()

    class ProbeHandler(WSGIHandler):
        request_class = ProbeRequest

    django.setup(set_prefix=False)
    return ProbeHandler()


def description():
    from django.conf import settings

    own = settings.SESSION_ENGINE.startswith(OWN_ENGINES)
    engine = settings.SESSION_ENGINE[len(OWN_ENGINES):] if own else settings.SESSION_ENGINE
    declares = {"modified": "tracked", "on_error": "discarded", "empty": "kept"}
    if not settings.SESSION_SAVE_EVERY_REQUEST:
        declares["nested"] = "untracked"
    if own:
        declares["store"] = "client" if engine == CLIENT_SIDE else "server"
    # Django's own sessions have no further spellings, and those of another engine may.
    store = import_module(settings.SESSION_ENGINE).SessionStore
    spellings = core.spellings_of(store)
    library = None if own else core.library_of(store)
    # An engine of the application extends one of Django's.
    if library is None or library[1].lower() == "django":
        named = {"name": "Django, " + engine, "version": version("Django")}
    else:
        name = "Django %s, %s of %s" % (version("Django"), engine, library[1])
        named = {"name": name, "version": library[2]}
    return {
        "protocol": 1,
        **({"spellings": spellings} if spellings else {}),
        **named,
        "browser_lifetime_seconds": settings.SESSION_COOKIE_AGE,
        "derived": ["permanent", "set_permanent", "new"],
        "without_body": core.WITHOUT_BODY,
        "declares": declares,
    }


def operations(request):
    def session():
        return request.session

    def set_modified(op):
        session().modified = True

    def set_lifetime(op):
        seconds = op["seconds"]
        if seconds == 0:
            raise ValueError("0 is no lifetime: Django takes it for `until the browser closes`")
        session().set_expiry(core.whole_number(seconds))

    return {
        **core.item_operations(session),
        **core.item_spellings(session),
        **core.stand_ins(session),
        "modified": lambda op: session().modified,
        "set_modified": set_modified,
        "regenerate": lambda op: session().cycle_key(),
        "destroy": lambda op: session().flush(),
        "set_lifetime": set_lifetime,
        "save": lambda op: session().save(),
    }


def view(request):
    from django.http import HttpResponse

    def answer(body, status=200):
        if status in core.WITHOUT_BODY:
            return HttpResponse(status=status)
        return HttpResponse(body, status=status, content_type="application/json")

    if request.method != "POST":
        return answer(core.encode(description()))
    try:
        # As a stream: `body` refuses what is larger than DATA_UPLOAD_MAX_MEMORY_SIZE.
        ops = core.read_cycle(request.read())
    except ValueError as error:
        return answer(core.encode({"error": str(error)}), 400)
    status, headers, body = core.run_cycle(ops, operations(request))
    response = answer(body, status)
    for name, value in headers:
        add_field(response, name, value)
    return response


view.csrf_exempt = True  # The harness has no token.


def add_field(response, name, value):
    # Django keeps one value for each name, and cookies apart.
    if name.lower() == "set-cookie":
        response.cookies.load(value)
    elif name in response:
        response[name] += ", " + value
    else:
        response[name] = value


def configure(engine):
    """Settings for Django's own sessions and nothing else."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY="known to everyone, so that cookies outlive a restart of the probe",
        ROOT_URLCONF=__name__,  # Never looked at, since each request names its own; but the handler wants one.
        INSTALLED_APPS=["django.contrib.sessions"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        SESSION_ENGINE=OWN_ENGINES + engine,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.path.join(os.environ.get("STORAGE", ""), "sessions.sqlite"),
                "CONN_MAX_AGE": None,
                # Nothing has to outlive a crash, and waiting for the disk takes most of a run.
                "OPTIONS": {"init_command": "PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL"},
            },
        },
        CACHES={
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                # With its default of 300 entries it throws away sessions that are in use.
                "OPTIONS": {"MAX_ENTRIES": 1_000_000},
            },
        },
        LOGGING={
            "version": 1,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
        },
    )


def missing_table():
    """The table of the sessions, where they have one and it is not there."""
    from django.conf import settings
    from django.db import connections, router

    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return None
    model = store.get_model_class()
    connection = connections[router.db_for_write(model)]
    table = model._meta.db_table
    return None if table in connection.introspection.table_names() else table


def main():
    parser = argparse.ArgumentParser(description="Serve the sessionspec probe for Django's sessions.")
    parser.add_argument("settings", nargs="?", metavar="package.settings",
                        help="the settings of your project, whose database has to be migrated (default: settings with "
                             "nothing but sessions, and a database in the working directory or in the folder STORAGE)")
    parser.add_argument("--engine", choices=["db", "cache", CLIENT_SIDE], default="db",
                        help="SESSION_ENGINE, where there are no settings")
    parser.add_argument("--lifetime", type=core.whole_seconds, metavar="SECONDS", help="SESSION_COOKIE_AGE")
    options = core.read_arguments(parser)

    from django.conf import settings
    from sessionspec.probes import _serving

    if options.settings is None:
        configure(options.engine)
    else:
        sys.path.insert(0, os.getcwd())
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    if options.lifetime is not None:
        settings.SESSION_COOKIE_AGE = options.lifetime
    served = application()
    if options.settings is None and options.engine == "db":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    table = missing_table()
    if table:
        sys.exit("the database of these settings has no table `%s`, where sessions are kept: "
                 "run `python manage.py migrate` first" % table)
    _serving.serve_wsgi(served, options.port)


if __name__ == "__main__":
    main()
