#!/usr/bin/env python3
"""Holds reports against the schemas of their formats.

    validate.py FOLDER                      all reports in it: NAME.json, .jsonl, .sarif, .gitlab, .junit, .csv
    validate.py --stanch build/stanch T...  the reports that stanch makes of these targets

Our own schema is in contrib/schema. SARIF's comes from the npm package
@microsoft/jest-sarif (or from SARIF_SCHEMA=FILE) and is kept in /tmp, never in
the repository. GitLab's is in no registry: GITLAB_SCHEMA=FILE is used where it
is given; otherwise what it demands is checked here, member by member.
Closes on "N passed, N failed, N skipped".
"""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"stanch-schemas-{os.getuid()}"
SARIF_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SARIF_MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
COLUMNS = 21


class Skipped(Exception):
    """What can't be checked here, and why."""


def own_schema():
    return json.loads((ROOT / "contrib/schema/stanch-report.schema.json").read_text())


def sarif_schema():
    given = os.environ.get("SARIF_SCHEMA")
    if given:
        return json.loads(pathlib.Path(given).read_text())
    kept = CACHE / "sarif-2.1.0.json"
    if not kept.exists():
        CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(["npm", "pack", "--silent", SARIF_PACKAGE], cwd=folder, capture_output=True,
                                 text=True, check=False)
            packed = list(pathlib.Path(folder).glob("*.tgz"))
            if run.returncode or not packed:
                raise Skipped(f"SARIF's schema can't be had: npm pack {SARIF_PACKAGE} failed")
            with tarfile.open(packed[0]) as tar:
                kept.write_bytes(tar.extractfile(SARIF_MEMBER).read())
    return json.loads(kept.read_text())


def hold(schema, document):
    validator = jsonschema.validators.validator_for(schema)
    errors = list(validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(document))
    for error in errors[:5]:
        print(f"    {error.json_path}: {error.message[:200]}")
    assert not errors, f"{len(errors)} errors against the schema"


def check_json(path):
    document = json.loads(path.read_text())
    hold(own_schema(), document)
    summary = document["summary"]
    assert len(document["findings"]) == summary["findings"], "findings are miscounted"
    assert len(document["unread"]) == summary["unread"], "unread are miscounted"
    assert not (summary["complete"] and document["unread"]), "complete, but something was not read"


def check_jsonl(path):
    schema = own_schema()
    schema = {"$schema": schema["$schema"], "$ref": "#/$defs/line", "$defs": schema["$defs"]}
    lines = [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    for line in lines:
        hold(schema, line)
    assert [line["type"] for line in lines].count("summary") == 1, "one summary is due"
    assert lines[-1]["type"] == "summary", "the summary comes last"


def check_sarif(path):
    document = json.loads(path.read_text())
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    for result in document["runs"][0]["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"], "a result has another rule's index"
        assert re.fullmatch(r"[A-Za-z0-9%._~/:-]+",
                            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]), "no URI"
    hold(sarif_schema(), document)


def gitlab_by_hand(document):
    second = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
    scan = document["scan"]
    assert re.fullmatch(r"15\.\d+\.\d+", document["version"])
    assert scan["type"] == "secret_detection" and scan["status"] in ("success", "failure")
    assert re.fullmatch(second, scan["start_time"]) and re.fullmatch(second, scan["end_time"])
    for program in (scan["analyzer"], scan["scanner"]):
        assert all(program[key] for key in ("id", "name", "version")) and program["vendor"]["name"]
    for message in scan["messages"]:
        assert message["level"] in ("info", "warn", "fatal") and message["value"]
    for item in document["vulnerabilities"]:
        assert item["id"] and len(item["name"]) <= 255 and len(item.get("solution", "")) <= 7000
        assert item["severity"] in ("Info", "Unknown", "Low", "Medium", "High", "Critical")
        assert item["location"]["commit"]["sha"]
        assert item["identifiers"]
        for name in item["identifiers"]:
            assert name["type"] and name["name"] and name["value"]
            assert re.match(r"(https?|ftp)://.+", name.get("url", "https://-"))


def check_gitlab(path):
    document = json.loads(path.read_text())
    gitlab_by_hand(document)
    ids = [item["id"] for item in document["vulnerabilities"]]
    assert len(ids) == len(set(ids)), "an id stands twice"
    if "GITLAB_SCHEMA" in os.environ:
        hold(json.loads(pathlib.Path(os.environ["GITLAB_SCHEMA"]).read_text()), document)


def check_junit(path):
    suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
    for attribute, element in (("tests", "testcase"), ("failures", ".//failure"), ("errors", ".//error")):
        assert int(suite.get(attribute)) == len(suite.findall(element)), f"{attribute} are miscounted"


def check_csv(path):
    with path.open(newline="") as file:
        rows = list(csv.reader(file, strict=True))
    for row in rows:
        assert len(row) == COLUMNS, f"{len(row)} columns"
        assert not any(field[:1] and field[0] in "=+-@\t\r" for field in row), "a formula"


CHECKS = {"json": check_json, "jsonl": check_jsonl, "sarif": check_sarif, "gitlab": check_gitlab,
          "junit": check_junit, "csv": check_csv}


def make_reports(stanch, targets, folder):
    for name in CHECKS:
        with open(folder / f"scan.{name}", "wb") as out:
            run = subprocess.run([stanch, "scan", "--format", name, *targets], stdout=out, check=False)
        if run.returncode not in (0, 1, 4):
            sys.exit(f"stanch scan --format {name} ended with {run.returncode}")


def check_folder(folder):
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(folder.iterdir()):
        check = CHECKS.get(path.suffix[1:])
        if not check:
            continue
        try:
            check(path)
            outcome, note = "passed", ""
        except Skipped as reason:
            outcome, note = "skipped", f": {reason}"
        except (AssertionError, KeyError, ValueError, csv.Error, xml.etree.ElementTree.ParseError) as error:
            outcome, note = "failed", f": {error!r}"
        count[outcome] += 1
        print(f"{outcome} {path.name}{note}")
    print(", ".join(f"{n} {what}" for what, n in count.items()))
    return count["failed"] or not count["passed"]


def main(arguments):
    if len(arguments) >= 3 and arguments[0] == "--stanch":
        with tempfile.TemporaryDirectory() as folder:
            make_reports(arguments[1], arguments[2:], pathlib.Path(folder))
            return check_folder(pathlib.Path(folder))
    if len(arguments) != 1:
        sys.exit(__doc__)
    return check_folder(pathlib.Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
