"""Held against botocore's models as wholes: no operation is forgotten, and none is served in silence."""

import re
from pathlib import Path

import pytest
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from definitions import ROLE, arn
from sandbox import SERVICES, Sandbox

UNKNOWN = {"json": "UnknownOperationException", "rest-json": "UnknownOperationException", "query": "InvalidAction"}
MISSING = {
    "stepfunctions": "ValidationException",
    "network-firewall": "ValidationException",
    "securityhub": "InvalidInputException",
    "events": "ValidationException",
    "ssm": "ValidationException",
    "secretsmanager": "ValidationException",
    "config": "ValidationException",
    "sns": "ValidationError",
    "sts": "ValidationError",
}


def send(sandbox, service, operation):
    """An operation of the model with an empty input, and the code of the error, if it is one."""
    metadata = service.metadata
    match service.resolved_protocol:
        case "json":
            headers = {
                "X-Amz-Target": f"{metadata['targetPrefix']}.{operation.name}",
                "Content-Type": f"application/x-amz-json-{metadata['jsonVersion']}",
            }
            response = sandbox.send(service.signing_name, headers=headers, body=b"{}")
            code = None if response.status_code == 200 else re.search(r'"__type":"(\w+)"', response.text)[1]
        case "rest-json":
            path = re.sub(r"\{[^}]*\}", "x", operation.http["requestUri"])
            response = sandbox.send(service.signing_name, operation.http["method"], path)
            code = response.headers.get("x-amzn-errortype")
        case "query":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            body = f"Action={operation.name}&Version={metadata['apiVersion']}".encode()
            response = sandbox.send(service.signing_name, headers=headers, body=body)
            code = None if response.status_code == 200 else re.search(r"<Code>(\w+)</Code>", response.text)[1]
    return response, code


@pytest.fixture(scope="module")
def served(witness):
    """The operations that a sandbox has: all of the models' but those that it says it does not know."""
    with Sandbox(witness) as sandbox:
        return {name: operations_of(sandbox, sandbox.client(name).meta.service_model) for name in SERVICES}


def operations_of(sandbox, service):
    operations = map(service.operation_model, service.operation_names)
    unknown = UNKNOWN[service.resolved_protocol]
    return {operation.name for operation in operations if send(sandbox, service, operation)[1] != unknown}


@pytest.mark.parametrize("service", SERVICES)
def test_boto3_got_an_answer_of_every_operation_that_the_sandbox_has(request, served, witness, service):
    if not is_whole(request.session):
        pytest.skip("only a part of the tests ran")
    assert served[service] == witness.succeeded[service]


def is_whole(session):
    """Whether every test ran before, so that what they did not call was forgotten."""
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    options = session.config.option
    chosen = options.keyword or options.markexpr or any("::" in argument for argument in session.config.args)
    return not chosen and files == {item.path.name for item in session.items}


@pytest.mark.parametrize("service", SERVICES)
def test_calls_are_counted_under_the_names_of_the_model(sandbox, witness, service):
    signing_name = sandbox.client(service).meta.service_model.signing_name
    counted = sandbox.control("GET", "calls")
    assert {f"{signing_name}.{name}" for name in witness.succeeded[service]} <= counted.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_missing_required_member_is_refused_and_named(sandbox, served, service):
    client = sandbox.client(service, config=Config(parameter_validation=False))
    let_through = {}
    for name in served[service]:
        required = required_in_body(client.meta.service_model.operation_model(name))
        if not required:
            continue
        with pytest.raises(ClientError) as caught:
            getattr(client, xform_name(name))()
        error = caught.value.response["Error"]
        named = any(member.lower() in error["Message"].lower() for member in required)
        if error["Code"] != MISSING[service] or not named:
            let_through[name] = error
    assert let_through == {}


def required_in_body(operation):
    shape = operation.input_shape
    if shape is None:
        return []
    return [name for name in shape.required_members if shape.members[name].serialization.get("location") != "uri"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_that_the_sandbox_does_not_have_is_refused(sandbox, service):
    model = sandbox.client(service).meta.service_model
    absent = {
        "stepfunctions": "TestState",
        "network-firewall": "CreateTLSInspectionConfiguration",
        "securityhub": "CreateInsight",
        "events": "CreateArchive",
        "ssm": "CreatePatchBaseline",
        "secretsmanager": "RotateSecret",
        "config": "StartConfigRulesEvaluation",
        "sns": "CreatePlatformApplication",
        "sts": "GetSessionToken",
    }
    response, code = send(sandbox, model, model.operation_model(absent[service]))
    status = 404 if service == "securityhub" else 400
    assert (response.status_code, code) == (status, UNKNOWN[model.resolved_protocol])


@pytest.mark.parametrize(
    ("service", "method"),
    [
        ("stepfunctions", "list_activities"),
        ("network-firewall", "list_firewalls"),
        ("securityhub", "describe_hub"),
        ("events", "list_rules"),
        ("ssm", "get_parameter"),
        ("secretsmanager", "get_secret_value"),
        ("config", "describe_config_rules"),
        ("sns", "list_topics"),
        ("sts", "get_caller_identity"),
    ],
)
def test_an_unsigned_request_is_refused(sandbox, refused, service, method):
    client = sandbox.client(service, config=Config(signature_version=UNSIGNED, parameter_validation=False))
    query = client.meta.service_model.resolved_protocol == "query"
    code = "MissingAuthenticationToken" if query else "MissingAuthenticationTokenException"
    response = refused(client, code, method)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("stepfunctions", "create_activity", {"name": 7}),
        ("network-firewall", "list_firewalls", {"MaxResults": "ten"}),
        ("securityhub", "create_action_target", {"Name": 7}),
        ("events", "put_rule", {"Name": 7}),
        (
            "events",
            "put_targets",
            {"Rule": "nobody", "Targets": [{"Id": "t", "Arn": arn("stateMachine", "m"), "RoleArn": ROLE, "Input": 7}]},
        ),
        ("ssm", "put_parameter", {"Name": 7}),
        ("secretsmanager", "create_secret", {"Name": 7}),
        ("config", "select_resource_config", {"Expression": 7}),
    ],
)
def test_a_member_of_the_wrong_type_is_refused(sandbox, refused, service, method, parameters):
    client = sandbox.client(service, config=Config(parameter_validation=False))
    refused(client, "SerializationException", method, **parameters)
