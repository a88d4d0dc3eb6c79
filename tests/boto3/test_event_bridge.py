"""EventBridge: rules, their targets, and events."""

import json
from datetime import UTC, datetime

import pytest
from botocore.config import Config

from definitions import PASS, ROLE, arn
from sandbox import HUB, REGION, eventually

PATTERN = json.dumps({"source": ["boto3.test"]})
RULE_ARN = f"arn:aws:events:{REGION}:{HUB}:rule/{{}}"


def entry(name, **members):
    return {"Source": f"boto3.{name}", "DetailType": "Test", "Detail": '{"colour": "red"}'} | members


@pytest.fixture
def rule(events, name):
    """A rule for the test's own source; gone afterwards, so that the lists of others stay short."""
    pattern = json.dumps({"source": [f"boto3.{name}"]})
    assert events.put_rule(Name=name, EventPattern=pattern, Description="boto3's")["RuleArn"] == RULE_ARN.format(name)
    yield name
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    if targets:
        events.remove_targets(Rule=name, Ids=[target["Id"] for target in targets])
    events.delete_rule(Name=name)


def target(number=0, machine=None):
    return {"Id": f"target-{number}", "Arn": machine or arn("stateMachine", "contain-finding"), "RoleArn": ROLE}


# Rules


def test_a_rule_is_described_as_it_was_put(events, rule):
    described = events.describe_rule(Name=rule)
    assert (described["Name"], described["Arn"], described["State"]) == (rule, RULE_ARN.format(rule), "ENABLED")
    assert json.loads(described["EventPattern"]) == {"source": [f"boto3.{rule}"]}
    assert (described["Description"], described["EventBusName"], described["CreatedBy"]) == ("boto3's", "default", HUB)


def test_rules_are_listed_page_by_page_and_by_prefix(events, rule):
    events.put_rule(Name=f"{rule}-second", EventPattern=PATTERN, State="DISABLED")
    paginator = events.get_paginator("list_rules")
    pages = list(paginator.paginate(NamePrefix=rule, PaginationConfig={"PageSize": 1}))
    listed = {found["Name"]: found["State"] for page in pages for found in page["Rules"]}
    assert (len(pages), listed) == (2, {rule: "ENABLED", f"{rule}-second": "DISABLED"})
    events.delete_rule(Name=f"{rule}-second")


def test_a_rule_is_deleted_only_without_targets(events, name, refused):
    events.put_rule(Name=name, EventPattern=PATTERN)
    events.put_targets(Rule=name, Targets=[target()])
    refused(events, "ValidationException", "delete_rule", Name=name)
    events.remove_targets(Rule=name, Ids=["target-0"])
    events.delete_rule(Name=name)
    refused(events, "ResourceNotFoundException", "describe_rule", Name=name)


def test_a_rule_that_cannot_be_is_refused(events, name, refused):
    refused(events, "InvalidEventPatternException", "put_rule", Name=name, EventPattern="no JSON")
    refused(events, "InvalidEventPatternException", "put_rule", Name=name, EventPattern='{"source": "no list"}')
    refused(events, "ValidationException", "put_rule", Name=name)
    other = {"EventPattern": PATTERN, "EventBusName": "nobody"}
    refused(events, "ResourceNotFoundException", "put_rule", Name=name, **other)


def test_a_rule_that_is_not_there_is_refused(events, name, refused):
    refused(events, "ResourceNotFoundException", "describe_rule", Name=name)
    refused(events, "ResourceNotFoundException", "list_targets_by_rule", Rule=name)
    refused(events, "ResourceNotFoundException", "put_targets", Rule=name, Targets=[target()])
    refused(events, "ResourceNotFoundException", "remove_targets", Rule=name, Ids=["target-0"])
    refused(events, "ResourceNotFoundException", "list_rules", EventBusName="nobody")


# Targets


def test_targets_are_listed_page_by_page_and_removed(events, rule):
    targets = [target(number) for number in range(3)]
    assert events.put_targets(Rule=rule, Targets=targets)["FailedEntryCount"] == 0
    paginator = events.get_paginator("list_targets_by_rule")
    pages = list(paginator.paginate(Rule=rule, PaginationConfig={"PageSize": 2}))
    assert [found for page in pages for found in page["Targets"]] == targets
    removed = events.remove_targets(Rule=rule, Ids=["target-0", "nobody"])
    assert removed["FailedEntryCount"] == 1
    (failed,) = removed["FailedEntries"]
    assert (failed["TargetId"], failed["ErrorCode"]) == ("nobody", "ResourceNotFoundException")


def test_targets_that_cannot_be_are_refused(events, rule, refused):
    six = [target(number) for number in range(6)]
    refused(events, "LimitExceededException", "put_targets", Rule=rule, Targets=six)
    roleless = {"Id": "target-0", "Arn": arn("stateMachine", "contain-finding")}
    refused(events, "ValidationException", "put_targets", Rule=rule, Targets=[roleless])


# Events


def test_an_event_starts_the_state_machine_of_its_rule(events, states, create, rule):
    machine = create(PASS)["stateMachineArn"]
    events.put_targets(Rule=rule, Targets=[target(machine=machine)])
    time = datetime(2026, 1, 15, 10, tzinfo=UTC)
    answer = events.put_events(Entries=[entry(rule, Time=time, Resources=["arn:aws:s3:::bucket"])])
    execution = eventually(lambda: states.list_executions(stateMachineArn=machine)["executions"])[0]
    event = json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"])
    assert event == {
        "version": "0",
        "id": answer["Entries"][0]["EventId"],
        "detail-type": "Test",
        "source": f"boto3.{rule}",
        "account": HUB,
        "time": "2026-01-15T10:00:00Z",
        "region": REGION,
        "resources": ["arn:aws:s3:::bucket"],
        "detail": {"colour": "red"},
    }


def test_each_event_that_is_refused_is_named_in_its_place(events, name):
    entries = [
        entry(name),
        entry(name, Source="aws.securityhub"),
        entry(name, Detail="no JSON"),
        {"Source": f"boto3.{name}", "Detail": "{}"},
    ]
    answer = events.put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 3
    codes = [result.get("ErrorCode") for result in answer["Entries"]]
    assert codes == [None, "NotAuthorizedForSourceException", "MalformedDetail", "InvalidArgument"]
    assert all(result["ErrorMessage"] for result in answer["Entries"][1:])


def test_too_many_events_at_once_are_refused(sandbox, name, refused):
    events = sandbox.client("events", config=Config(parameter_validation=False))
    refused(events, "ValidationException", "put_events", Entries=[entry(name)] * 11)
    refused(events, "ValidationException", "put_events", Entries=[])


@pytest.mark.parametrize(("source", "matches"), [("boto3.test", True), ("another", False)])
def test_a_pattern_is_tried_on_an_event(events, source, matches):
    event = {
        "id": "1",
        "account": HUB,
        "source": source,
        "time": "2026-01-15T10:00:00Z",
        "region": REGION,
        "resources": [],
        "detail-type": "Test",
        "detail": {},
    }
    assert events.test_event_pattern(EventPattern=PATTERN, Event=json.dumps(event))["Result"] is matches


def test_a_pattern_that_cannot_be_is_refused(events, refused):
    refused(events, "InvalidEventPatternException", "test_event_pattern", EventPattern="[]", Event="{}")
    refused(events, "ValidationException", "test_event_pattern", EventPattern=PATTERN, Event="{}")


@pytest.mark.parametrize("code", ["InternalException", "ConcurrentModificationException"])
def test_an_error_that_a_fault_asks_for_is_the_models(events, fault, refused, code):
    fault("events.PutRule", f"error:{code}")
    refused(events, code, "put_rule", Name="faulty", EventPattern=PATTERN)


def test_a_throttle_looks_as_event_bridge_writes_it(events, fault, refused):
    fault("events.ListRules", "throttle")
    refused(events, "ThrottlingException", "list_rules")
