"""Runs the shell steps of both templates, as GitHub and GitLab would: `steps.py PACKAGE`, in the folder of an application.

The actions of others are left out, and `gh` is a program of this file that notes what it is asked for.
"""

import json
import os
import pathlib
import re
import shutil
import string
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


def block(language, line):
    """The block of README.md in this language that has this line."""
    text = open(os.path.join(HERE, "README.md"), encoding="utf-8").read()
    found = re.findall(r"^```%s\n(.*?)^```" % language, text, re.DOTALL | re.MULTILINE)
    return next(found for found in found if line in found.splitlines())


def versions(package):
    """Does what README.md shows for two versions of a library, but for installing them."""
    os.mkdir("versions")
    shutil.copy("shop.py", "versions")
    os.chdir("versions")
    with open("sessionspec.toml", "w", encoding="utf-8") as project:
        project.write(block("toml", "[profiles.old]"))
    for command in block("sh", "mkdir -p sessions").splitlines():
        if " known-failures " not in command:
            done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            assert done.returncode in (0, 1), done.stdout.decode()
    job = yaml.safe_load(block("yaml", "on: pull_request"))["jobs"]["sessions"]
    used = next(step for step in job["steps"] if step.get("uses", "").startswith("./"))["with"]
    told = next(step for step in job["steps"] if "sessionspec diff" in step.get("run", ""))
    seen = []
    for entry in job["strategy"]["matrix"]["include"]:
        values = {"matrix." + name: value for name, value in entry.items()}
        inputs = {name: filled(value, values) for name, value in used.items()}
        code, outputs, _, said, asked = github(dict(inputs, package=package, **{"comment-token": "a token"}))
        same((code, outputs["report"]), (0, inputs["folder"] + "/report.json"), said)
        assert "nothing changed" in said, said
        summary = os.path.abspath("summary-" + entry["profile"])
        variables = {name: filled(value, values) for name, value in told["env"].items()}
        subprocess.run(["bash", "-eo", "pipefail", "-c", told["run"]], check=True,
                       env=dict(os.environ, GITHUB_STEP_SUMMARY=summary, **variables))
        assert "nothing changed" in open(summary, encoding="utf-8").read()
        seen.append((inputs["folder"], inputs["artifact"], asked[1]["body"][0].splitlines()[0]))
    assert all(len(set(names)) == len(seen) == 2 for names in zip(*seen)), seen
    job = yaml.safe_load(block("yaml", "  extends: .sessionspec"))["sessions"]
    seen = []
    for entry in job["parallel"]["matrix"]:
        expand = lambda text: string.Template(text).substitute(entry)  # noqa: E731
        variables = {name: expand(value) for name, value in job["variables"].items()}
        code, said, kept = gitlab(dict(entry, **dict(variables, PACKAGE=package)))
        same((code, len(kept)), (0, 3), said)
        assert "nothing changed" in said, said
        seen.append(expand(job["artifacts"]["name"]))
    same(len(set(seen)), 2)
    os.chdir("..")


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
    # Files here have the names of suites, and the shell does not put them in the place of a pattern.
    os.makedirs("minimum")
    open("minimum/persists-not", "w").close()
    pattern = {"PACKAGE": package, "LAUNCH": launch, "ARGUMENTS": "--check minimum/p*"}
    for shell in [("sh", "-ec"), ("bash", "-eo", "pipefail", "-c")]:
        code, said, kept = gitlab(pattern, shell=shell)
        same((code, kept), (0, reports), said)
    shutil.rmtree("minimum")
    versions(package)
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
