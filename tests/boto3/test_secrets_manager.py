"""Secrets Manager, and Parameter Store's way to it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import HUB, MEMBER, REGION

REFERENCE = "/aws/reference/secretsmanager/"


@pytest.fixture
def secret(secrets, name):
    """The test's secret, whose value is "first"."""
    return secrets.create_secret(Name=f"falconer/{name}", Description="boto3's", SecretString="first")


# Create, read and put


def test_a_secret_is_read_as_it_was_created(secrets, secret):
    assert secret["ARN"].startswith(f"arn:aws:secretsmanager:{REGION}:{HUB}:secret:{secret['Name']}-")
    for identifier in (secret["Name"], secret["ARN"], secret["ARN"][:-7]):
        found = secrets.get_secret_value(SecretId=identifier)
        assert abs(found.pop("CreatedDate") - datetime.now(UTC)) < timedelta(seconds=30)
        found.pop("ResponseMetadata")
        assert found == {
            "ARN": secret["ARN"],
            "Name": secret["Name"],
            "VersionId": secret["VersionId"],
            "SecretString": "first",
            "VersionStages": ["AWSCURRENT"],
        }


@pytest.mark.parametrize("value", ["x" * 65_536, "two\nlines", "ü 漢 🦅", '{"mode": "block"}', " "])
def test_a_value_comes_back_letter_by_letter(secrets, name, value):
    secrets.create_secret(Name=name, SecretString=value)
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == value


def test_a_new_value_leaves_the_old_one_as_the_previous(secrets, secret):
    put = secrets.put_secret_value(SecretId=secret["Name"], SecretString="second")
    assert put["VersionStages"] == ["AWSCURRENT"]
    assert secrets.get_secret_value(SecretId=secret["Name"])["VersionId"] == put["VersionId"]
    previous = secrets.get_secret_value(SecretId=secret["Name"], VersionStage="AWSPREVIOUS")
    assert (previous["SecretString"], previous["VersionId"]) == ("first", secret["VersionId"])


# Refused


def test_a_secret_that_exists_or_does_not_is_refused(secrets, secret, name, refused):
    refused(secrets, "ResourceExistsException", "create_secret", Name=secret["Name"], SecretString="other")
    refused(secrets, "ResourceNotFoundException", "get_secret_value", SecretId=name)
    refused(secrets, "ResourceNotFoundException", "put_secret_value", SecretId=name, SecretString="s")
    absent = {"SecretId": secret["Name"], "VersionStage": "AWSPENDING"}
    refused(secrets, "ResourceNotFoundException", "get_secret_value", **absent)


def test_a_secret_of_another_account_is_not_found(sandbox, secret, refused):
    member = sandbox.client("secretsmanager", account=MEMBER)
    refused(member, "ResourceNotFoundException", "get_secret_value", SecretId=secret["Name"])


def test_a_version_is_not_modified(secrets, secret, refused):
    again = {"SecretId": secret["Name"], "ClientRequestToken": secret["VersionId"]}
    assert secrets.put_secret_value(**again, SecretString="first")["VersionId"] == secret["VersionId"]
    refused(secrets, "ResourceExistsException", "put_secret_value", **again, SecretString="other")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Name": "is secret", "SecretString": "s"}, "ValidationException"),
        ({}, "InvalidRequestException"),
        ({"SecretBinary": b"s"}, "InvalidParameterException"),
        ({"SecretString": "s", "Tags": [{"Key": "of", "Value": "boto3"}]}, "InvalidParameterException"),
    ],
)
def test_a_secret_that_cannot_be_is_refused(secrets, name, refused, members, code):
    refused(secrets, code, "create_secret", **{"Name": name} | members)


@pytest.mark.parametrize("code", ["InternalServiceError", "DecryptionFailure"])
def test_an_error_that_a_fault_asks_for_is_the_models(secrets, secret, fault, refused, code):
    fault("secretsmanager.GetSecretValue", f"error:{code}")
    refused(secrets, code, "get_secret_value", SecretId=secret["Name"])


# By way of Parameter Store


def test_parameter_store_hands_a_secret_out(ssm, secret):
    found = ssm.get_parameter(Name=REFERENCE + secret["Name"], WithDecryption=True)["Parameter"]
    assert abs(found.pop("LastModifiedDate") - datetime.now(UTC)) < timedelta(seconds=30)
    source = json.loads(found.pop("SourceResult"))
    assert (source["name"], source["secretString"]) == (secret["Name"], "first")
    assert found == {
        "Name": REFERENCE + secret["Name"],
        "Type": "SecureString",
        "Value": "first",
        "Version": 0,
        "ARN": secret["ARN"],
    }


def test_a_secret_is_a_parameter_only_with_decryption_and_if_it_is_there(ssm, secret, name, refused):
    closed = refused(ssm, "ValidationException", "get_parameter", Name=REFERENCE + secret["Name"])
    assert "WithDecryption" in closed["Error"]["Message"]
    refused(ssm, "ParameterNotFound", "get_parameter", Name=REFERENCE + name, WithDecryption=True)
    answer = ssm.get_parameters(Names=[REFERENCE + secret["Name"], REFERENCE + name], WithDecryption=True)
    assert [found["Value"] for found in answer["Parameters"]] == ["first"]
    assert answer["InvalidParameters"] == [REFERENCE + name]


def test_the_seeded_secret_leads_to_the_falcon_cloud_of_this_sandbox(sandbox, ssm):
    seeded = ssm.get_parameter(Name=f"{REFERENCE}falconer/falcon", WithDecryption=True)["Parameter"]["Value"]
    assert json.loads(seeded)["cloud"] == sandbox.ready["falcon"]
