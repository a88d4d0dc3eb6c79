"""Systems Manager: Parameter Store."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.config import Config

from sandbox import HUB, MEMBER, REGION, eventually

TOO_LONG = "x" * 4097


@pytest.fixture
def path(name):
    """The name of a parameter in a hierarchy that no other test has."""
    return f"/falconer/{name}"


@pytest.fixture
def put(ssm, path):
    """Puts the test's parameter; without a value and a type it is the text "plain"."""
    return lambda **members: ssm.put_parameter(**{"Name": path, "Value": "plain", "Type": "String"} | members)


# Put and read


def test_a_parameter_is_read_as_it_was_put(ssm, put, path):
    assert put(Description="boto3's", Tier="Standard", DataType="text")["Version"] == 1
    found = ssm.get_parameter(Name=path)["Parameter"]
    assert abs(found.pop("LastModifiedDate") - datetime.now(UTC)) < timedelta(seconds=30)
    assert found == {
        "Name": path,
        "Type": "String",
        "Value": "plain",
        "Version": 1,
        "ARN": f"arn:aws:ssm:{REGION}:{HUB}:parameter{path}",
        "DataType": "text",
    }


@pytest.mark.parametrize("value", ["x" * 4096, "two\nlines", "ü 漢 🦅", '{"mode": "block"}', "</Value>"])
def test_a_value_comes_back_letter_by_letter(ssm, put, path, value):
    put(Value=value)
    assert ssm.get_parameter(Name=path)["Parameter"]["Value"] == value


def test_a_name_outside_a_hierarchy_has_a_slash_in_its_arn_alone(ssm, put, name):
    put(Name=name)
    found = ssm.get_parameter(Name=name)["Parameter"]
    assert (found["Name"], found["ARN"]) == (name, f"arn:aws:ssm:{REGION}:{HUB}:parameter/{name}")


def test_a_parameter_is_overwritten_only_on_request(ssm, put, path, refused):
    put()
    again = {"Name": path, "Value": "other"}
    refused(ssm, "ParameterAlreadyExists", "put_parameter", **again, Type="String")
    assert ssm.put_parameter(**again, Overwrite=True)["Version"] == 2
    found = ssm.get_parameter(Name=path)["Parameter"]
    assert (found["Value"], found["Type"], found["Version"]) == ("other", "String", 2)


def test_a_secure_string_is_read_only_with_decryption(ssm, put, path):
    put(Value="secret", Type="SecureString", KeyId="alias/aws/ssm")
    closed = ssm.get_parameter(Name=path)["Parameter"]
    assert closed["Type"] == "SecureString"
    assert "secret" not in closed["Value"]
    assert ssm.get_parameter(Name=path, WithDecryption=True)["Parameter"] == closed | {"Value": "secret"}
    assert ssm.get_parameters(Names=[path])["Parameters"] == [closed]
    assert ssm.get_parameters(Names=[path], WithDecryption=True)["Parameters"][0]["Value"] == "secret"


def test_several_parameters_are_read_and_the_unknown_named(ssm, put, path):
    names = [f"{path}/{number}" for number in range(3)]
    for number, name in enumerate(names):
        put(Name=name, Value=str(number))
    answer = ssm.get_parameters(Names=[*names, f"{path}/nobody"])
    assert {found["Name"]: found["Value"] for found in answer["Parameters"]} == dict(zip(names, "012", strict=True))
    assert answer["InvalidParameters"] == [f"{path}/nobody"]


def test_a_parameter_belongs_to_its_account_and_region(sandbox, put, path, refused):
    put()
    for place in ({"account": MEMBER}, {"region": "eu-west-1"}):
        refused(sandbox.client("ssm", **place), "ParameterNotFound", "get_parameter", Name=path)


def test_a_hierarchy_is_read_page_by_page(ssm, put, path):
    names = [f"{path}/{number:02}" for number in range(12)]
    for name in names:
        put(Name=name)
    put(Name=f"{path}/deeper/down")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    assert [found["Name"] for page in pages for found in page["Parameters"]] == names


def test_an_advanced_parameter_is_gone_when_it_expires(ssm, put, path, refused):
    at = datetime.now(UTC) + timedelta(seconds=2)
    policy = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": at.isoformat()}}
    assert put(Value="x" * 8192, Tier="Advanced", Policies=json.dumps([policy]))["Tier"] == "Advanced"
    assert ssm.get_parameter(Name=path)["Parameter"]["Value"] == "x" * 8192
    eventually(lambda: not ssm.get_parameters(Names=[path])["Parameters"])
    refused(ssm, "ParameterNotFound", "get_parameter", Name=path)


# Deleted, or never there


def test_a_deleted_parameter_is_gone_and_its_name_free(ssm, put, path, refused):
    put()
    ssm.delete_parameter(Name=path)
    refused(ssm, "ParameterNotFound", "get_parameter", Name=path)
    refused(ssm, "ParameterNotFound", "delete_parameter", Name=path)
    assert put(Value="new", Type="SecureString")["Version"] == 1


# Refused


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("ValidationException", {"Value": TOO_LONG}),
        ("ValidationException", {"Value": "{{other}}"}),
        ("ValidationException", {"KeyId": "alias/aws/ssm"}),
        ("ValidationException", {"Type": "Text"}),
        ("ValidationException", {"Tier": "Intelligent-Tiering"}),
        ("InvalidPolicyTypeException", {"Tier": "Advanced", "Policies": '[{"Type":"NoChangeNotification"}]'}),
        ("ValidationException", {"DataType": "aws:ec2:image"}),
        ("ValidationException", {"AllowedPattern": "[0-9]+"}),
        ("UnsupportedParameterType", {"Type": "StringList"}),
        ("ValidationException", {"Name": "a name"}),
        ("ValidationException", {"Name": "not/qualified"}),
        ("ValidationException", {"Name": "/empty//level"}),
        ("ValidationException", {"Name": "aws-reserved"}),
        ("AccessDeniedException", {"Name": "/aws/reserved"}),
        ("HierarchyLevelLimitExceededException", {"Name": "/level" * 16}),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(ssm, path, refused, code, members):
    refused(ssm, code, "put_parameter", **{"Name": path, "Value": "plain", "Type": "String"} | members)


def test_a_new_parameter_needs_a_type_and_keeps_it(ssm, put, path, refused):
    refused(ssm, "ValidationException", "put_parameter", Name=path, Value="plain")
    put()
    other = {"Name": path, "Value": "secret", "Type": "SecureString", "Overwrite": True}
    refused(ssm, "HierarchyTypeMismatchException", "put_parameter", **other)
    assert ssm.get_parameter(Name=path)["Parameter"]["Value"] == "plain"


@pytest.mark.parametrize("count", [0, 11])
def test_parameters_are_read_by_one_to_ten_names(sandbox, path, refused, count):
    ssm = sandbox.client("ssm", config=Config(parameter_validation=False))
    refused(ssm, "ValidationException", "get_parameters", Names=[f"{path}/{number}" for number in range(count)])


# Errors


@pytest.mark.parametrize(
    "code",
    [
        "InvalidKeyId",
        "ParameterLimitExceeded",
        "InternalServerError",
        "TooManyUpdates",
    ],
)
def test_an_error_that_a_fault_asks_for_is_the_models(ssm, path, fault, refused, code):
    fault("ssm.PutParameter", f"error:{code}")
    refused(ssm, code, "put_parameter", Name=path, Value="plain", Type="String")
    refused(ssm, "ParameterNotFound", "get_parameter", Name=path)


def test_a_throttle_looks_as_systems_manager_writes_it(ssm, path, fault, refused):
    fault("ssm.GetParameter", "throttle")
    refused(ssm, "ThrottlingException", "get_parameter", Name=path)
