from datetime import UTC, datetime, timedelta

import pytest

from sandbox import HUB, MEMBER

ROLE = f"arn:aws:iam::{MEMBER}:role/falconer-member"
EXTERNAL_ID = "falconer-sandbox"


def assume(sts, **parameters):
    return sts.assume_role(RoleArn=ROLE, RoleSessionName="boto3", ExternalId=EXTERNAL_ID, **parameters)


@pytest.mark.parametrize("account", [HUB, MEMBER])
def test_a_caller_learns_who_it_is(sandbox, account):
    identity = sandbox.client("sts", account=account).get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:user/sandbox"
    assert isinstance(identity["UserId"], str)


def test_a_session_lasts_as_long_as_it_was_asked_for(sts):
    asked = datetime.now(UTC)
    answer = assume(sts, DurationSeconds=900)
    session = answer["Credentials"]
    assert session["AccessKeyId"].startswith("ASIA")
    assert abs(session["Expiration"] - asked - timedelta(seconds=900)) < timedelta(seconds=30)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/falconer-member/boto3"


def test_the_keys_of_a_session_are_those_of_its_role(sandbox, sts):
    answer = assume(sts)
    identity = sandbox.client("sts", session=answer["Credentials"]).get_caller_identity()
    assert identity["Account"] == MEMBER
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"]


def test_a_key_without_its_token_is_not_accepted(sandbox, sts, refused):
    session = assume(sts)["Credentials"] | {"SessionToken": "another"}
    refused(sandbox.client("sts", session=session), "InvalidClientTokenId", "get_caller_identity")


@pytest.mark.parametrize(("service", "method"), [("stepfunctions", "list_activities"), ("securityhub", "describe_hub")])
def test_an_account_outside_the_organization_is_not_accepted(sandbox, refused, service, method):
    client = sandbox.client(service, account="999999999999")
    refused(client, "UnrecognizedClientException", method)


@pytest.mark.parametrize(
    "parameters",
    [
        {"RoleArn": ROLE, "RoleSessionName": "boto3"},
        {"RoleArn": ROLE, "RoleSessionName": "boto3", "ExternalId": "guessed"},
        {"RoleArn": f"{ROLE}-other", "RoleSessionName": "boto3", "ExternalId": EXTERNAL_ID},
    ],
)
def test_a_role_opens_only_for_its_external_id(sts, refused, parameters):
    response = refused(sts, "AccessDenied", "assume_role", **parameters)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_role_of_a_new_account_opens_when_it_has_come(account, sts, refused):
    for number, opens in ((account(), True), (account(roleAfterSeconds=3600), False), (account(externalId="x-1"), False)):
        role = f"arn:aws:iam::{number}:role/falconer-member"
        parameters = {"RoleArn": role, "RoleSessionName": "boto3", "ExternalId": EXTERNAL_ID}
        if opens:
            assert sts.assume_role(**parameters)["AssumedRoleUser"]["Arn"].split(":")[4] == number
        else:
            refused(sts, "AccessDenied", "assume_role", **parameters)


def test_a_closed_account_lets_nobody_in(sandbox, account, sts, refused):
    number = account()
    role = {"RoleArn": f"arn:aws:iam::{number}:role/falconer-member", "RoleSessionName": "boto3", "ExternalId": EXTERNAL_ID}
    session = sts.assume_role(**role)["Credentials"]
    sandbox.control("DELETE", f"accounts/{number}")
    refused(sts, "AccessDenied", "assume_role", **role)
    refused(sandbox.client("sts", session=session), "InvalidClientTokenId", "get_caller_identity")


def test_a_session_name_of_other_characters_is_refused(sts, refused):
    refused(sts, "ValidationError", "assume_role", RoleArn=ROLE, RoleSessionName="a name")


def test_a_throttle_looks_as_sts_writes_it(sts, fault, refused):
    fault("sts.GetCallerIdentity", "throttle")
    refused(sts, "Throttling", "get_caller_identity")
