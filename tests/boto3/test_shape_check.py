"""The check itself: what botocore would not notice, it does."""

import pytest

from sandbox import SERVICES
from shape_check import from_query, problems

STARTED = {"executionArn": "arn:aws:states:us-east-1:111122223333:execution:m:e", "startDate": 1768471200.5}


@pytest.fixture(scope="module")
def output(sandbox):
    """The output shape of an operation."""
    models = [sandbox.client(service).meta.service_model for service in SERVICES]
    found = {name: model for model in models for name in model.operation_names}
    return lambda operation: found[operation].operation_model(operation).output_shape


@pytest.mark.parametrize(
    ("operation", "answer", "problem"),
    [
        ("StartExecution", STARTED, None),
        ("StartExecution", STARTED | {"startdate": 1}, ".startdate: StartExecutionOutput has no such member"),
        ("StartExecution", {"startDate": 1}, ".executionArn: required by StartExecutionOutput, and not there"),
        ("StartExecution", STARTED | {"startDate": None}, ".startDate: required"),
        ("StartExecution", STARTED | {"startDate": "2026-01-15"}, ".startDate: '2026-01-15' is no number"),
        ("StartExecution", STARTED | {"executionArn": ""}, ".executionArn: 0 is not from 1 to 256"),
        ("StartExecution", [], "is no structure"),
        ("GetFindingsV2", {"Findings": [{"class_uid": 2004}]}, None),
        ("GetFindingsV2", {"Findings": ["class_uid"]}, "is no structure OcsfFinding"),
        ("TestEventPattern", {"Result": "true"}, ".Result: 'true' is no boolean"),
        ("PutEvents", {"FailedEntryCount": "0"}, ".FailedEntryCount: '0' is no integer"),
        ("PutEvents", {"Entries": [{"EventID": "1"}]}, ".Entries[0].EventID: PutEventsResultEntry has no such member"),
        ("DescribeRule", {"State": "ON"}, ".State: 'ON' is none of"),
        ("ListRuleGroups", {"RuleGroups": [{"Name": "a b"}]}, ".RuleGroups[0].Name: 'a b' does not match"),
        ("DescribeFirewall", {"FirewallStatus": {"SyncStates": []}}, ".FirewallStatus.SyncStates: [] is no map"),
        ("ListRules", {"Rules": {}}, ".Rules: {} is no list"),
        ("ListMembers", {"Members": [{"UpdatedAt": "2026-01-15T10:00:00.000Z"}]}, None),
        ("ListMembers", {"Members": [{"UpdatedAt": 1768471200.5}]}, ".Members[0].UpdatedAt: 1768471200.5 is no time"),
        ("ListMembers", {"Members": [{"UpdatedAt": "2026-01-15T10:00"}]}, "has no time zone"),
    ],
)
def test_an_answer_is_held_to_its_shape(output, operation, answer, problem):
    found = problems(output(operation), answer)
    assert any(problem in sentence for sentence in found) if problem else not found, found


@pytest.mark.parametrize(
    ("topics", "problem"),
    [
        ("<member><TopicArn>arn</TopicArn></member>", None),
        ("<member><TopicARN>arn</TopicARN></member>", ".Topics[0].TopicARN: Topic has no such member"),
        ("<entry><TopicArn>arn</TopicArn></entry>", ".Topics[0]: 'entry' is no structure Topic"),
    ],
)
def test_a_list_in_xml_is_held_to_its_shape(output, topics, problem):
    shape = output("ListTopics")
    xml = f"<ListTopicsResponse><ListTopicsResult><Topics>{topics}</Topics></ListTopicsResult></ListTopicsResponse>"
    found = problems(shape, from_query(shape, xml))
    assert any(problem in sentence for sentence in found) if problem else not found, found
