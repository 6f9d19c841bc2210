"""Writes the shell scripts of the templates and of the release workflow into a folder, for shellcheck: `scripts.py FOLDER`."""

import os
import sys

import yaml

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as text:
        return yaml.safe_load(text)


def scripts():
    """Each script, with a name for it, the shell that runs it, and the variables that it has."""
    steps = {"action": read("action.yml")["runs"]["steps"]}
    steps.update(("release-" + name, job["steps"]) for name, job in read("release.yml")["jobs"].items())
    for name, listed in steps.items():
        for number, step in enumerate(listed, 1):
            if "run" in step:
                yield "%s-%d" % (name, number), "bash", step.get("env", ()), step["run"]
    for name, job in read("gitlab.yml").items():
        yield "gitlab" + name, "sh", job["variables"], "\n".join(job["script"])


def main(folder):
    os.makedirs(folder)
    for name, shell, variables, script in scripts():
        given = "".join("export %s\n" % variable for variable in variables)
        with open(os.path.join(folder, name + ".sh"), "w", encoding="utf-8") as file:
            file.write("#!/bin/%s\n%s%s\n" % (shell, given, script))


main(*sys.argv[1:])
