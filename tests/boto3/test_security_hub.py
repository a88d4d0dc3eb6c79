"""Security Hub: findings and custom actions."""

from datetime import datetime

import pytest
from botocore.config import Config

from findings import by_id, default_product, falcon_finding, finding, identifier
from sandbox import HUB, MEMBER, REGION

NOBODY = f"arn:aws:securityhub:{REGION}:{HUB}:action/custom/nobody"


@pytest.fixture
def imported(hub, name):
    sent = finding(name)
    assert hub.batch_import_findings(Findings=[sent])["SuccessCount"] == 1
    return sent


@pytest.fixture
def action(hub, name):
    """The ARN of a custom action; its id has letters and digits only."""
    answer = hub.create_action_target(Name=name, Description="boto3's", Id=name.replace("-", ""))
    return answer["ActionTargetArn"]


# The hub


def test_the_hub_says_since_when_it_is_on(hub):
    described = hub.describe_hub()
    assert described["HubArn"] == f"arn:aws:securityhub:{REGION}:{HUB}:hub/default"
    assert datetime.fromisoformat(described["SubscribedAt"]).tzinfo
    assert (described["AutoEnableControls"], described["ControlFindingGenerator"]) == (True, "SECURITY_CONTROL")


def test_security_hub_must_be_enabled_in_each_region_and_once(sandbox, refused):
    elsewhere = sandbox.client("securityhub", region="eu-west-1")
    assert refused(elsewhere, "InvalidAccessException", "get_findings")["ResponseMetadata"]["HTTPStatusCode"] == 401
    elsewhere.enable_security_hub(EnableDefaultStandards=False, ControlFindingGenerator="STANDARD_CONTROL")
    assert elsewhere.describe_hub()["ControlFindingGenerator"] == "STANDARD_CONTROL"
    refused(elsewhere, "ResourceConflictException", "enable_security_hub")


def test_another_hub_is_not_found(hub, refused):
    other = f"arn:aws:securityhub:{REGION}:{MEMBER}:hub/default"
    refused(hub, "ResourceNotFoundException", "describe_hub", HubArn=other)


# Members


def test_an_account_becomes_a_member_of_the_administrator(sandbox, hub, account, refused):
    number = account(email="new@example.com")
    new = sandbox.client("securityhub", account=number)
    refused(new, "InvalidAccessException", "get_administrator_account")
    assert hub.create_members(AccountDetails=[{"AccountId": number}])["UnprocessedAccounts"] == []
    administrator = new.get_administrator_account()["Administrator"]
    assert (administrator["AccountId"], administrator["MemberStatus"]) == (HUB, "Enabled")
    got = hub.get_members(AccountIds=[number, "999999999999"])
    (member,) = got["Members"]
    assert (member["Email"], member["AdministratorId"], member["MemberStatus"]) == ("new@example.com", HUB, "Enabled")
    assert [unknown["AccountId"] for unknown in got["UnprocessedAccounts"]] == ["999999999999"]
    (again,) = hub.create_members(AccountDetails=[{"AccountId": number}])["UnprocessedAccounts"]
    assert "already a member" in again["ProcessingResult"]


def test_members_are_listed_page_by_page(hub, account):
    number = account(memberOf=True)
    pages = hub.get_paginator("list_members").paginate(OnlyAssociated=True, PaginationConfig={"PageSize": 1})
    listed = [member["AccountId"] for page in pages for member in page["Members"]]
    assert {number, MEMBER} <= set(listed)
    assert HUB not in listed


def test_only_the_administrator_looks_after_members(sandbox, hub, refused):
    member = sandbox.client("securityhub", account=MEMBER)
    refused(member, "InvalidAccessException", "describe_organization_configuration")
    refused(member, "InvalidAccessException", "create_members", AccountDetails=[{"AccountId": HUB}])
    assert hub.describe_organization_configuration()["AutoEnable"] is False


# Findings in


def test_an_imported_finding_gets_what_security_hub_adds(hub, imported, name):
    (found,) = hub.get_findings(Filters=by_id(name))["Findings"]
    assert found.items() >= {key: imported[key] for key in imported if key != "Severity"}.items()
    assert found["Severity"] == {"Label": "HIGH", "Normalized": 70}
    assert (found["RecordState"], found["Workflow"], found["WorkflowState"]) == ("ACTIVE", {"Status": "NEW"}, "NEW")
    assert (found["Region"], found["ProductName"], found["CompanyName"]) == (REGION, "Default", "Personal")
    assert datetime.fromisoformat(found["ProcessedAt"])


def test_a_finding_with_every_member_that_the_runbooks_read_comes_back_whole(hub, name):
    sent = finding(
        name,
        Network={"Direction": "OUT", "DestinationIpV4": "198.51.100.7", "DestinationPort": 443},
        Action={
            "ActionType": "NETWORK_CONNECTION",
            "NetworkConnectionAction": {"RemoteIpDetails": {"IpAddressV4": "198.51.100.7"}, "Blocked": False},
        },
        ThreatIntelIndicators=[{"Type": "DOMAIN", "Value": "evil.example"}],
        UserDefinedFields={"ticket": "42"},
        Note={"Text": "seen", "UpdatedBy": "analyst", "UpdatedAt": "2026-01-15T10:00:00Z"},
        Confidence=90,
        SourceUrl="https://falcon.example/1",
    )
    hub.batch_import_findings(Findings=[sent])
    (found,) = hub.get_findings(Filters=by_id(name))["Findings"]
    for member in ("Network", "Action", "ThreatIntelIndicators", "UserDefinedFields", "Note", "Confidence"):
        assert found[member] == sent[member], member


def test_each_finding_that_breaks_the_format_is_named_with_its_reason(hub, name):
    broken = finding(f"{name}-broken", Title="x" * 257)
    answer = hub.batch_import_findings(Findings=[broken, finding(f"{name}-good")])
    assert (answer["FailedCount"], answer["SuccessCount"]) == (1, 1)
    (failed,) = answer["FailedFindings"]
    assert (failed["Id"], failed["ErrorCode"]) == (broken["Id"], "InvalidInput")
    assert "Title" in failed["ErrorMessage"]


def test_a_member_imports_for_itself_alone(sandbox, name):
    member = sandbox.client("securityhub", account=MEMBER)
    own = finding(name, AwsAccountId=MEMBER, ProductArn=default_product(MEMBER))
    assert member.batch_import_findings(Findings=[own])["SuccessCount"] == 1
    assert member.batch_import_findings(Findings=[own | {"AwsAccountId": HUB}])["FailedCount"] == 1


def test_too_many_findings_at_once_are_refused(sandbox, name, refused):
    hub = sandbox.client("securityhub", config=Config(parameter_validation=False))
    refused(hub, "InvalidInputException", "batch_import_findings", Findings=[finding(name)] * 101)
    refused(hub, "InvalidInputException", "batch_import_findings", Findings=[])


# Findings out


def test_findings_come_page_by_page_and_in_order(hub, name):
    sent = [finding(f"{name}-{number}", Confidence=number) for number in range(5)]
    hub.batch_import_findings(Findings=sent)
    pages = list(
        hub.get_paginator("get_findings").paginate(
            Filters=by_id(name),
            SortCriteria=[{"Field": "Confidence", "SortOrder": "desc"}],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [len(page["Findings"]) for page in pages] == [2, 2, 1]
    assert [found["Confidence"] for page in pages for found in page["Findings"]] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"SeverityLabel": [{"Value": "HIGH", "Comparison": "EQUALS"}]}, 1),
        ({"SeverityLabel": [{"Value": "HIGH", "Comparison": "NOT_EQUALS"}]}, 0),
        ({"UpdatedAt": [{"DateRange": {"Value": 1, "Unit": "DAYS"}}]}, 1),
        ({"CreatedAt": [{"Start": "2024-01-01T00:00:00Z", "End": "2024-01-02T00:00:00Z"}]}, 0),
        ({"SeverityNormalized": [{"Gte": 70, "Lt": 90}]}, 1),
        ({"UserDefinedFields": [{"Key": "a", "Value": "b", "Comparison": "EQUALS"}]}, 0),
        ({"ResourceType": [{"Value": "AwsEc2Instance", "Comparison": "EQUALS"}]}, 1),
    ],
)
@pytest.mark.usefixtures("imported")
def test_filters_are_read_as_boto3_writes_them(hub, name, filters, count):
    assert len(hub.get_findings(Filters=by_id(name) | filters)["Findings"]) == count


@pytest.mark.parametrize(
    "parameters",
    [
        {"NextToken": "invented"},
        {"SortCriteria": [{"Field": "Id", "SortOrder": "upwards"}]},
        {"MaxResults": 101},
        {"Filters": {"Id": [{"Value": "x", "Comparison": "RESEMBLES"}]}},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(sandbox, refused, parameters):
    hub = sandbox.client("securityhub", config=Config(parameter_validation=False))
    refused(hub, "InvalidInputException", "get_findings", **parameters)


# Findings changed


def test_an_update_writes_what_people_say_of_a_finding(hub, imported, name):
    change = {
        "Note": {"Text": "ours", "UpdatedBy": "analyst"},
        "Severity": {"Label": "LOW"},
        "VerificationState": "TRUE_POSITIVE",
        "Confidence": 1,
        "Criticality": 2,
        "Types": ["TTPs/Command and Control"],
        "UserDefinedFields": {"ticket": "42"},
        "Workflow": {"Status": "NOTIFIED"},
        "RelatedFindings": [identifier(imported)],
    }
    answer = hub.batch_update_findings(FindingIdentifiers=[identifier(imported)], **change)
    assert (answer["ProcessedFindings"], answer["UnprocessedFindings"]) == ([identifier(imported)], [])
    (found,) = hub.get_findings(Filters=by_id(name))["Findings"]
    note = found.pop("Note")
    assert (note["Text"], note["UpdatedBy"]) == ("ours", "analyst")
    assert datetime.fromisoformat(note["UpdatedAt"]).tzinfo
    assert found["Severity"]["Label"] == "LOW"
    for member in change.keys() - {"Note", "Severity"}:
        assert found[member] == change[member], member
    assert found["UpdatedAt"] == imported["UpdatedAt"]


def test_a_severity_that_people_set_gets_its_number(hub, imported, name):
    hub.batch_update_findings(FindingIdentifiers=[identifier(imported)], Severity={"Label": "LOW"})
    (found,) = hub.get_findings(Filters=by_id(name))["Findings"]
    assert found["Severity"] == {"Label": "LOW", "Normalized": 1}


def test_findings_that_are_not_there_stay_unprocessed(hub, imported):
    nobody = identifier(imported) | {"Id": "nobody"}
    named = [identifier(imported), nobody, identifier(imported)]
    answer = hub.batch_update_findings(FindingIdentifiers=named, Workflow={"Status": "RESOLVED"})
    assert answer["ProcessedFindings"] == [identifier(imported)]
    codes = [(entry["FindingIdentifier"], entry["ErrorCode"]) for entry in answer["UnprocessedFindings"]]
    assert codes == [(nobody, "FindingNotFound"), (identifier(imported), "DuplicatedFindingIdentifier")]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Note": {"Text": "x" * 513, "UpdatedBy": "analyst"}},
        {"Workflow": {"Status": "DONE"}},
        {"Confidence": 101},
    ],
)
def test_an_update_that_cannot_be_is_refused(hub, imported, refused, change):
    named = [identifier(imported)]
    refused(hub, "InvalidInputException", "batch_update_findings", FindingIdentifiers=named, **change)


# Custom actions


def test_a_custom_action_is_created_changed_and_deleted(hub, action, name, refused):
    assert action == f"arn:aws:securityhub:{REGION}:{HUB}:action/custom/{name.replace('-', '')}"
    hub.update_action_target(ActionTargetArn=action, Name="Renamed", Description="still boto3's")
    (described,) = hub.describe_action_targets(ActionTargetArns=[action])["ActionTargets"]
    assert described == {"ActionTargetArn": action, "Name": "Renamed", "Description": "still boto3's"}
    assert hub.delete_action_target(ActionTargetArn=action)["ActionTargetArn"] == action
    refused(hub, "ResourceNotFoundException", "delete_action_target", ActionTargetArn=action)


def test_custom_actions_come_page_by_page(hub, action):
    paginator = hub.get_paginator("describe_action_targets")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1}))
    found = [target["ActionTargetArn"].rpartition("/")[2] for page in pages for target in page["ActionTargets"]]
    assert len(pages) == len(found)
    assert {"falconerBlock", "falconerRelease", "falconerInstall"} < set(found)
    assert action.rpartition("/")[2] in found


def test_a_custom_action_that_cannot_be_is_refused(hub, action, refused):
    def expect(code, **parameters):
        whole = {"Name": "Test", "Description": "boto3's", "Id": "boto3other"}
        refused(hub, code, "create_action_target", **whole | parameters)

    expect("ResourceConflictException", Id=action.rpartition("/")[2])
    expect("InvalidInputException", Name="x" * 21)
    expect("InvalidInputException", Id="not-alphanumeric")


def test_a_custom_action_that_is_not_there_is_refused(hub, refused):
    refused(hub, "ResourceNotFoundException", "describe_action_targets", ActionTargetArns=[NOBODY])
    refused(hub, "ResourceNotFoundException", "update_action_target", ActionTargetArn=NOBODY, Name="Test")
    refused(hub, "ResourceNotFoundException", "delete_action_target", ActionTargetArn=NOBODY)


# Errors


@pytest.mark.parametrize("code", ["InternalException", "LimitExceededException"])
def test_an_error_that_a_fault_asks_for_is_the_models(hub, fault, refused, code):
    fault("securityhub.GetFindings", f"error:{code}")
    refused(hub, code, "get_findings")


def test_a_throttle_looks_as_security_hub_writes_it(hub, fault, refused):
    fault("securityhub.GetFindings", "throttle")
    answer = refused(hub, "TooManyRequestsException", "get_findings")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_falcon_finding_is_not_imported_for_another_account(hub, name):
    """AWS lets CrowdStrike import for others, and no customer."""
    sent = falcon_finding(name, "hash_sha256", "0" * 64) | {"AwsAccountId": MEMBER}
    failed = hub.batch_import_findings(Findings=[sent])["FailedFindings"]
    assert [one["Id"] for one in failed] == [sent["Id"]]
