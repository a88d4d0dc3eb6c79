"""The new Security Hub: findings in OCSF."""

import pytest
from botocore.config import Config

from findings import ocsf_finding
from sandbox import HUB


@pytest.fixture
def received(sandbox, name):
    sent = ocsf_finding(name)
    sandbox.control("POST", "findings", sent)
    return sent


def text(field, value, comparison="EQUALS"):
    return {"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}


def by_uid(prefix):
    return {"CompositeFilters": [{"StringFilters": [text("metadata.uid", prefix, "PREFIX")]}]}


def parts(of):
    return {
        "CloudAccountUid": of["cloud"]["account"]["uid"],
        "FindingInfoUid": of["finding_info"]["uid"],
        "MetadataProductUid": of["metadata"]["product"]["uid"],
    }


def test_a_finding_comes_back_as_it_was_sent(hub, received, name):
    assert hub.get_findings_v2(Filters=by_uid(name))["Findings"] == [received]


def test_findings_come_page_by_page_and_in_order(sandbox, hub, name):
    sandbox.control("POST", "findings", [ocsf_finding(f"{name}-{number}", severity_id=number) for number in range(5)])
    pages = list(
        hub.get_paginator("get_findings_v2").paginate(
            Filters=by_uid(name),
            SortCriteria=[{"Field": "severity_id", "SortOrder": "desc"}],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [found["severity_id"] for page in pages for found in page["Findings"]] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("group", "count"),
    [
        ({"NumberFilters": [{"FieldName": "severity_id", "Filter": {"Gte": 4}}]}, 1),
        ({"StringFilters": [text("comment", "Falconer", "PREFIX")]}, 0),
        ({"StringFilters": [text("comment", "x"), text("status", "New")], "Operator": "OR"}, 1),
        ({"NestedCompositeFilters": [{"StringFilters": [text("cloud.account.uid", HUB)]}]}, 1),
    ],
)
@pytest.mark.usefixtures("received")
def test_filters_are_read_as_boto3_writes_them(hub, name, group, count):
    filters = by_uid(name)
    filters["CompositeFilters"].append(group)
    assert len(hub.get_findings_v2(Filters=filters | {"CompositeOperator": "AND"})["Findings"]) == count


@pytest.mark.parametrize("named_by", ["uid", "parts"])
def test_an_update_writes_what_people_say_of_a_finding(hub, received, name, named_by):
    named = {"MetadataUids": [name]} if named_by == "uid" else {"FindingIdentifiers": [parts(received)]}
    answer = hub.batch_update_findings_v2(**named, Comment="ours", SeverityId=5, StatusId=2)
    repeated = {"MetadataUid": name} if named_by == "uid" else {"FindingIdentifier": parts(received)}
    assert (answer["ProcessedFindings"], answer["UnprocessedFindings"]) == ([repeated], [])
    (found,) = hub.get_findings_v2(Filters=by_uid(name))["Findings"]
    changed = {"comment": "ours", "severity_id": 5, "severity": "Critical", "status_id": 2, "status": "In Progress"}
    assert found == received | changed


def test_findings_that_are_not_there_stay_unprocessed(hub, received, name):
    answer = hub.batch_update_findings_v2(MetadataUids=[name, f"{name}-nobody"], Comment="ours")
    assert answer["ProcessedFindings"] == [{"MetadataUid": name}]
    (unprocessed,) = answer["UnprocessedFindings"]
    assert (unprocessed["MetadataUid"], unprocessed["ErrorCode"]) == (f"{name}-nobody", "ResourceNotFoundException")
    nobody = parts(received) | {"FindingInfoUid": "nobody"}
    (unprocessed,) = hub.batch_update_findings_v2(FindingIdentifiers=[nobody], StatusId=4)["UnprocessedFindings"]
    assert unprocessed["FindingIdentifier"] == nobody


@pytest.mark.parametrize(
    "change",
    [{}, {"Comment": "x" * 513}, {"Comment": " "}, {"SeverityId": 7}, {"StatusId": 6}, {"FindingIdentifiers": [{}]}],
)
@pytest.mark.usefixtures("received")
def test_an_update_that_cannot_be_is_refused(sandbox, refused, name, change):
    hub = sandbox.client("securityhub", config=Config(parameter_validation=False))
    refused(hub, "ValidationException", "batch_update_findings_v2", MetadataUids=[name], **change)


@pytest.mark.parametrize(
    "parameters",
    [
        {"NextToken": "invented"},
        {"MaxResults": 101},
        {"Filters": {"CompositeFilters": [{"StringFilters": [text("finding_info.colour", "red")]}]}},
        {"Filters": {"CompositeFilters": [{"StringFilters": [text("comment", "x", "CONTAINS")]}]}},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(sandbox, refused, parameters):
    hub = sandbox.client("securityhub", config=Config(parameter_validation=False))
    refused(hub, "ValidationException", "get_findings_v2", **parameters)


def test_it_is_on_where_security_hub_is(sandbox, refused):
    elsewhere = sandbox.client("securityhub", region="eu-central-1")
    assert refused(elsewhere, "AccessDeniedException", "get_findings_v2")["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize("code", ["ConflictException", "InternalServerException", "ThrottlingException"])
def test_an_error_that_a_fault_asks_for_is_the_models(hub, fault, refused, code):
    fault("securityhub.GetFindingsV2", f"error:{code}")
    refused(hub, code, "get_findings_v2")
