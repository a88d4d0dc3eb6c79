"""The AWS commands of the deployment guide, which nobody here can type: each operation, option and file is one that AWS's models know."""

import json
import re
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator

GUIDE = (Path(__file__).parents[2] / "cdk" / "GUIDE.md").read_text()

# What the AWS CLI calls otherwise than the service does, and what it has made by itself.
SERVICES = {"configservice": "config"}
OPTIONS = {("sns", "subscribe", "notification-endpoint"): "endpoint"}
OF_THE_CLI = {("ecr", "get-login-password"), ("logs", "tail")}
GLOBAL = {"profile", "region", "query", "output"}

FILES = {
    "finding.json": ("securityhub", "batch-import-findings", "findings"),
    "logging.json": ("network-firewall", "update-logging-configuration", "logging-configuration"),
    "doctor.json": ("ecs", "run-task", "overrides"),
}


def members(service, operation):
    """The options of an operation, with their shapes; None if there is no such operation."""
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        return None, []
    shape = model.operation_model(names[operation]).input_shape
    by_option = {xform_name(name, "-"): member for name, member in shape.members.items()} if shape else {}
    return by_option, [xform_name(name, "-") for name in (shape.required_members if shape else [])]


def typed():
    """The commands of the guide's blocks: service, operation, options."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [of(line) for block in blocks for line in block.splitlines() if line.lstrip().startswith("aws ")]


def of(command):
    words = shlex.split(command, comments=True)
    options = [word[2:] for word in words[3:] if word.startswith("--")]
    return words[1], words[2], [OPTIONS.get((words[1], words[2], name), name) for name in options]


def unknown(service, operation, options):
    if (service, operation) in OF_THE_CLI:
        return []
    known, _ = members(service, operation)
    if known is None:
        return [f"aws {service} {operation}"]
    return [f"aws {service} {operation} --{name}" for name in options if name not in known.keys() | GLOBAL]


def test_every_aws_command_is_an_operation_with_options_that_it_has():
    assert len(typed()) > 20
    mentioned = [of(command.replace("…", "")) for command in re.findall(r"`(aws [a-z-]+ [a-z-]+[^`]*)`", GUIDE)]
    assert [problem for command in typed() + mentioned for problem in unknown(*command)] == []


def test_every_aws_command_that_is_typed_has_the_options_that_are_required():
    for service, operation, options in typed():
        required = [] if (service, operation) in OF_THE_CLI else members(service, operation)[1]
        assert [name for name in required if name not in options] == [], f"aws {service} {operation}"


@pytest.mark.parametrize("file", FILES)
def test_every_file_that_a_command_is_given_is_as_its_operation_wants_it(file):
    [text] = re.findall(rf"^```json {re.escape(file)}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    service, operation, option = FILES[file]
    report = ParamValidator().validate(json.loads(text), members(service, operation)[0][option])
    assert not report.has_errors(), report.generate_report()
