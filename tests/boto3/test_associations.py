"""Systems Manager: associations of State Manager with CrowdStrike's document."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import HUB, MEMBER

DEPLOY = "CrowdStrike-FalconSensorDeploy"
ROLE = f"arn:aws:iam::{MEMBER}:role/falconer-member"
PARAMETERS = {
    "AutomationAssumeRole": [f"arn:aws:iam::{HUB}:role/falconer-install"],
    "Action": ["Install"],
    "SecretStorageMethod": ["SecretsManager"],
    "SecretsManagerSecretName": ["falconer/falcon-install"],
}


@pytest.fixture
def members(name):
    """What the test's association is made of: all instances, once a day."""
    return {
        "Name": DEPLOY,
        "AssociationName": name,
        "AutomationTargetParameterName": "InstanceIds",
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
        "Parameters": PARAMETERS,
        "ScheduleExpression": "rate(1 day)",
        "MaxErrors": "10%",
        "MaxConcurrency": "50",
        "ComplianceSeverity": "HIGH",
    }


@pytest.fixture
def named(name):
    """The input of ListAssociations that finds the test's associations."""
    return {"AssociationFilterList": [{"key": "AssociationName", "value": name}]}


# Made and found


def test_an_association_is_described_as_it_was_made(ssm, members):
    made = ssm.create_association(**members)["AssociationDescription"]
    assert {name: made[name] for name in members} == members
    assert (made["AssociationVersion"], made["DocumentVersion"]) == ("1", "$DEFAULT")
    assert abs(made["Date"] - datetime.now(UTC)) < timedelta(seconds=30)
    described = ssm.describe_association(AssociationId=made["AssociationId"])
    assert described["AssociationDescription"] == made


def test_an_association_is_listed_by_its_name_and_its_document(ssm, members, named):
    made = ssm.create_association(**members)["AssociationDescription"]
    [listed] = ssm.list_associations(**named)["Associations"]
    assert (listed["AssociationId"], listed["Overview"]["Status"]) == (made["AssociationId"], "Pending")
    assert "Parameters" not in listed
    named["AssociationFilterList"].append({"key": "Name", "value": "AWS-UpdateSSMAgent"})
    assert ssm.list_associations(**named)["Associations"] == []


def test_the_paginator_walks_all_associations(ssm, members, name):
    names = [f"{name}-{number}" for number in range(7)]
    for one in names:
        ssm.create_association(**members | {"AssociationName": one})
    pages = ssm.get_paginator("list_associations").paginate(PaginationConfig={"PageSize": 3})
    found = [one["AssociationName"] for page in pages for one in page["Associations"]]
    assert [one for one in found if one.startswith(name)] == names


def test_the_role_of_an_account_makes_an_association_there(sandbox, ssm, sts, members, named):
    assumed = {"RoleArn": ROLE, "RoleSessionName": "boto3", "ExternalId": "falconer-sandbox"}
    session = sts.assume_role(**assumed)["Credentials"]
    sandbox.client("ssm", session=session, region="eu-west-1").create_association(**members)
    theirs = sandbox.client("ssm", account=MEMBER, region="eu-west-1")
    assert len(theirs.list_associations(**named)["Associations"]) == 1
    assert ssm.list_associations(**named)["Associations"] == []


# Updated


def test_an_update_is_the_next_version_and_forgets_what_it_is_not_given(ssm, members, refused):
    made = ssm.create_association(**members)["AssociationDescription"]
    update = members | {"AssociationId": made["AssociationId"], "AssociationVersion": "1", "MaxErrors": "0"}
    del update["ScheduleExpression"]
    updated = ssm.update_association(**update)["AssociationDescription"]
    assert (updated["AssociationVersion"], updated["MaxErrors"]) == ("2", "0")
    assert "ScheduleExpression" not in updated
    refused(ssm, "InvalidAssociationVersion", "update_association", **update)


# Refused


def test_the_same_association_is_made_once(ssm, members, named, refused):
    ssm.create_association(**members)
    refused(ssm, "AssociationAlreadyExists", "create_association", **members)
    assert len(ssm.list_associations(**named)["Associations"]) == 1


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("InvalidDocument", {"Name": "AWS-Nobody"}),
        ("InvalidDocumentVersion", {"DocumentVersion": "7"}),
        ("InvalidParameters", {"Parameters": {"Action": ["Install"]}}),
        ("InvalidParameters", {"AutomationTargetParameterName": "instanceIds"}),
        ("ValidationException", {"Targets": []}),
        ("InvalidTarget", {"Targets": [{"Key": "ResourceGroup", "Values": ["web"]}]}),
        ("InvalidTarget", {"Targets": [{"Key": "InstanceIds", "Values": ["i-0f1a2b3c4d5e6ffff"]}]}),
        ("InvalidSchedule", {"ScheduleExpression": "rate(5 minutes)"}),
        ("InvalidSchedule", {"ApplyOnlyAtCronInterval": True}),
        ("ValidationException", {"AssociationName": "two words"}),
        ("ValidationException", {"MaxErrors": "many"}),
        ("ValidationException", {"ComplianceSeverity": "SEVERE"}),
    ],
)
def test_an_association_that_cannot_be_is_refused(ssm, members, refused, code, other):
    refused(ssm, code, "create_association", **members | other)


def test_an_association_that_is_not_there_is_refused(ssm, members, refused):
    absent = {"AssociationId": str(uuid.uuid4())}
    refused(ssm, "AssociationDoesNotExist", "describe_association", **absent)
    refused(ssm, "AssociationDoesNotExist", "update_association", **members | absent)


# Errors


@pytest.mark.parametrize("code", ["AssociationLimitExceeded", "InternalServerError", "InvalidTargetMaps", "InvalidTag"])
def test_an_error_that_a_fault_asks_for_is_the_models(ssm, members, named, fault, refused, code):
    fault("ssm.CreateAssociation", f"error:{code}")
    refused(ssm, code, "create_association", **members)
    assert ssm.list_associations(**named)["Associations"] == []
