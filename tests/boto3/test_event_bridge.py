"""EventBridge: rules, their targets, and events."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.config import Config

from definitions import ROLE, arn
from sandbox import HUB, MEMBER, REGION, eventually

PATTERN = json.dumps({"source": ["boto3.test"]})
HOURLY = "rate(1 hour)"
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


def target(number=0, machine=None, **members):
    arn_of_machine = machine or arn("stateMachine", "contain-finding")
    return {"Id": f"target-{number}", "Arn": arn_of_machine, "RoleArn": ROLE} | members


@pytest.fixture
def started(states):
    """Waits for the first execution of a state machine, and gives its input."""

    def first(machine, **patience):
        execution = eventually(lambda: states.list_executions(stateMachineArn=machine)["executions"], **patience)[0]
        return json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"])

    return first


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


# Schedules


@pytest.fixture
def timed(events, name):
    """Puts the test's rule with a schedule; gone afterwards, so that it fires no more."""
    yield lambda expression, **members: events.put_rule(Name=name, ScheduleExpression=expression, **members)
    events.remove_targets(Rule=name, Ids=["target-0"])
    events.delete_rule(Name=name)


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(7 days)",
        "cron(0 10 * * ? *)",
        "cron(0/15 8-17 ? * MON-FRI *)",
        "cron(0 8 L * ? *)",
        "cron(0 9 ? * 2#1 2026-2030)",
    ],
)
def test_a_schedule_is_described_and_listed_as_it_was_put(events, timed, name, expression):
    assert timed(expression)["RuleArn"] == RULE_ARN.format(name)
    described = events.describe_rule(Name=name)
    assert (described["ScheduleExpression"], described["State"]) == (expression, "ENABLED")
    assert "EventPattern" not in described
    (listed,) = events.list_rules(NamePrefix=name)["Rules"]
    assert listed["ScheduleExpression"] == expression


def test_a_rule_may_have_a_pattern_and_a_schedule(events, machine, started, timed, name):
    pattern = json.dumps({"source": [f"boto3.{name}"]})
    timed(HOURLY, EventPattern=pattern)
    described = events.describe_rule(Name=name)
    assert (described["ScheduleExpression"], described["EventPattern"]) == (HOURLY, pattern)
    events.put_targets(Rule=name, Targets=[target(machine=machine)])
    events.put_events(Entries=[entry(name)])
    assert started(machine)["source"] == f"boto3.{name}"


def test_a_rule_that_is_put_again_has_the_new_schedule_and_the_old_targets(events, timed, name):
    timed(HOURLY)
    events.put_targets(Rule=name, Targets=[target(Input="{}")])
    timed("rate(2 hours)", State="DISABLED")
    described = events.describe_rule(Name=name)
    assert (described["ScheduleExpression"], described["State"]) == ("rate(2 hours)", "DISABLED")
    assert events.list_targets_by_rule(Rule=name)["Targets"] == [target(Input="{}")]


@pytest.mark.parametrize(
    "expression",
    [
        "hourly",
        "rate(0 minutes)",
        "rate(1 minutes)",
        "rate(2 minute)",
        "rate(30 seconds)",
        "rate(1.5 hours)",
        "at(2030-01-01T00:00:00)",
        "cron(0 10 * * *)",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(60 10 * * ? *)",
        "cron(0 10 * * ? 1969)",
        "rate(1 hour)" + " " * 256,
    ],
)
def test_a_schedule_that_cannot_be_is_refused(events, name, refused, expression):
    refused(events, "ValidationException", "put_rule", Name=name, ScheduleExpression=expression)
    refused(events, "ResourceNotFoundException", "describe_rule", Name=name)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("expression", ["rate(1 minute)", "cron(* * * * ? *)"])
def test_a_schedule_starts_the_state_machine_of_its_rule(events, machine, started, timed, name, expression):
    rule = timed(expression)["RuleArn"]
    put = datetime.now(UTC)
    events.put_targets(Rule=name, Targets=[target(machine=machine)])
    event = started(machine, seconds=70)
    assert timedelta(0) < datetime.fromisoformat(event.pop("time")) - put <= timedelta(seconds=60)
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": HUB,
        "region": REGION,
        "resources": [rule],
        "detail": {},
    }


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
    for impossible in (
        roleless,
        target(Input="no JSON"),
        target(Input=json.dumps("x" * 8191)),
        target(InputPath="$.a"),
    ):
        refused(events, "ValidationException", "put_targets", Rule=rule, Targets=[impossible])
    assert events.list_targets_by_rule(Rule=rule)["Targets"] == []


# Events


def test_an_event_starts_the_state_machine_of_its_rule(events, machine, started, rule):
    events.put_targets(Rule=rule, Targets=[target(machine=machine)])
    time = datetime(2026, 1, 15, 10, tzinfo=UTC)
    answer = events.put_events(Entries=[entry(rule, Time=time, Resources=["arn:aws:s3:::bucket"])])
    assert started(machine) == {
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


@pytest.mark.parametrize("constant", [{"mode": "alert", "of": ["ü", None]}, {}])
def test_a_target_with_an_input_gets_it_in_place_of_the_event(events, machine, started, rule, constant):
    constant_target = target(machine=machine, Input=json.dumps(constant))
    events.put_targets(Rule=rule, Targets=[constant_target])
    assert events.list_targets_by_rule(Rule=rule)["Targets"] == [constant_target]
    events.put_events(Entries=[entry(rule)])
    assert started(machine) == constant


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


def test_a_member_puts_events_on_a_bus_of_the_hub(sandbox, events, machine, started, name):
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    of_bus = {"EventBusName": name}
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [f"boto3.{name}"]}), **of_bus)
    events.put_targets(Rule=name, Targets=[target(machine=machine)], **of_bus)
    member = sandbox.client("events", account=MEMBER)
    default = bus.replace(name, "default")
    answer = member.put_events(Entries=[entry(name, EventBusName=bus), entry(name, EventBusName=default)])
    assert [result.get("ErrorCode") for result in answer["Entries"]] == [None, "AccessDeniedException"]
    assert started(machine)["account"] == MEMBER


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
