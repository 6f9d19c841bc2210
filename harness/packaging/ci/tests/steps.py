"""Runs the shell steps of both templates, as GitHub and GitLab would: `steps.py PACKAGE`, in the folder of an application.

The actions of others are left out, and `gh` is a program of this file that notes what it is asked for.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GH = """#!%s
import json, os, sys
arguments = sys.argv[1:]
with open(os.environ["GH_LOG"], "a") as log:
    body = [open(word.partition("@")[2]).read() for word in arguments if word.startswith("body=@")]
    log.write(json.dumps({"arguments": arguments, "body": body}) + "\\n")
if "--paginate" in arguments and os.environ["GH_EARLIER"]:
    print(os.environ["GH_EARLIER"])
"""


def github(inputs, event="pull_request", earlier=""):
    """Runs the action: its exit code, outputs, summary, standard output, and what `gh` was asked for."""
    action = yaml.safe_load(open(os.path.join(HERE, "action.yml"), encoding="utf-8"))
    values = {"inputs." + name: given.get("default", "") for name, given in action["inputs"].items()}
    values.update({"inputs." + name: value for name, value in inputs.items()})
    values.update({"github.action_path": HERE, "github.event_name": event, "github.event.number": "7"})
    code, said, summary = 0, "", ""
    with tempfile.TemporaryDirectory() as folder:
        gh = os.path.join(folder, "gh")
        with open(gh, "w") as program:
            program.write(GH % sys.executable)
        os.chmod(gh, 0o755)
        log = os.path.join(folder, "log")
        open(log, "w").close()
        for step in action["runs"]["steps"]:
            if "run" not in step or not meant(step.get("if", ""), values):
                continue
            files = {name: os.path.join(folder, name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
            open(files["GITHUB_OUTPUT"], "w").close()
            environment = dict(os.environ, **files, GITHUB_REPOSITORY="ann/shop", GH_LOG=log, GH_EARLIER=earlier)
            environment["PATH"] = folder + os.pathsep + environment["PATH"]
            environment.update({name: filled(str(value), values) for name, value in step.get("env", {}).items()})
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                                  env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            said += done.stdout.decode()
            code = code or done.returncode
            for line in open(files["GITHUB_OUTPUT"]):
                name, _, value = line.rstrip("\n").partition("=")
                values["steps.%s.outputs.%s" % (step.get("id"), name)] = value
        if os.path.exists(files["GITHUB_STEP_SUMMARY"]):
            summary = open(files["GITHUB_STEP_SUMMARY"], encoding="utf-8").read()
        asked = [json.loads(line) for line in open(log)]
    outputs = {name: filled(output["value"], values) for name, output in action["outputs"].items()}
    return code, outputs, summary, said, asked


def filled(text, values):
    return re.sub(r"\$\{\{ *([^ }]+) *\}\}", lambda found: values.get(found.group(1), ""), text)


def meant(condition, values):
    """Whether a step runs: every part of its condition is `!cancelled()`, or compares one value with a text."""
    inner = re.sub(r"^\$\{\{|\}\}$", "", condition).strip()
    for part in filter(None, inner.split(" && ")):
        if part.strip() == "!cancelled()":
            continue
        name, operator, text = re.match(r"(\S+) (==|!=) '([^']*)'$", part.strip()).groups()
        if (values.get(name, "") == text) != (operator == "=="):
            return False
    return True


def gitlab(variables, folder=".", shell=("bash", "-eo", "pipefail", "-c")):
    """Runs the script of the job: its exit code, its output, and which of its artifacts it has left."""
    job = yaml.safe_load(open(os.path.join(HERE, "gitlab.yml"), encoding="utf-8"))[".sessionspec"]
    kept = job["artifacts"]["paths"] + [job["artifacts"]["reports"]["junit"]]
    for path in kept:
        pathlib.Path(folder, path).unlink(missing_ok=True)
    done = subprocess.run([*shell, "\n".join(job["script"])], cwd=folder,
                          env=dict(os.environ, **dict(job["variables"], **variables)),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(), [path for path in kept if os.path.isfile(os.path.join(folder, path))]


def same(seen, expected, said=""):
    assert seen == expected, "expected %r, seen %r\n%s" % (expected, seen, said)


def main(package, launch):
    same(os.path.exists("sessionspec-report"), False)
    code, outputs, summary, said, asked = github({"package": package, "launch": launch})
    same((code, outputs["verdict"], outputs["report"]), (0, "conforms", "sessionspec-report/report.json"), said)
    assert "| minimum |" in summary or "minimum" in summary, summary
    assert "::notice title=cookie/" in said, said
    assert os.path.isfile("sessionspec-report/junit.xml")
    same(asked, [])
    hardened = {"package": package, "launch": launch, "arguments": "--level hardened --suite cookie"}
    code, outputs, _, said, asked = github(dict(hardened, **{"comment-token": "a token"}))
    same((code, outputs["verdict"]), (1, "fails"), said)
    assert "::error title=cookie/" in said, said
    same([call["arguments"][3:5] for call in asked], [["--jq", asked[0]["arguments"][4]], ["POST", asked[1]["arguments"][4]]])
    same(asked[1]["arguments"][4], "repos/ann/shop/issues/7/comments")
    assert asked[1]["body"][0].startswith("<!-- sessionspec: sessionspec-report/report.md -->\n"), asked
    _, _, _, _, asked = github(dict(hardened, **{"comment-token": "a token"}), earlier="42")
    same(asked[1]["arguments"][3:5], ["PATCH", "repos/ann/shop/issues/comments/42"])
    _, _, _, _, asked = github(dict(hardened, **{"comment-token": "a token"}), event="push")
    same(asked, [])
    code, outputs, _, said, _ = github({"package": package, "launch": "exit 1", "folder": "other-report"})
    same((code, outputs["verdict"]), (3, ""), said)
    code, outputs, _, said, _ = github({"package": package, "folder": "no-service"})
    same((code, outputs["verdict"], os.path.exists("no-service")), (3, "", False), said)
    assert "::error::No service is named" in said, said
    several = {"package": package, "launch": launch, "arguments": "--level hardened\n--suite cookie\n"}
    same(github(several)[0], 1)
    reports = ["report.json", "report.md", "junit.xml"]
    code, said, kept = gitlab({"PACKAGE": package, "LAUNCH": launch})
    same((code, kept), (0, reports), said)
    assert "minimum" in open("report.md", encoding="utf-8").read()
    # An image without bash has another shell.
    hardened = {"PACKAGE": package, "LAUNCH": launch, "ARGUMENTS": "--level hardened --suite cookie"}
    code, said, kept = gitlab(hardened, shell=("sh", "-ec"))
    same((code, kept), (1, reports), said)
    os.mkdir("below")
    code, said, kept = gitlab({"PACKAGE": package}, folder="below")
    same((code, kept), (3, []), said)
    assert "No service is named" in said, said
    with open("sessionspec.toml", "w", encoding="utf-8") as project:
        project.write("launch = %s\nsuites = ['minimum']\n" % json.dumps(launch))
    code, said, kept = gitlab({"PACKAGE": package}, folder="below")
    same((code, kept), (0, reports), said)
    print("the steps of both templates did what they say")


main(*sys.argv[1:])
