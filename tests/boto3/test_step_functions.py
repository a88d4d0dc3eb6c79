"""Step Functions: what is kept."""

import json
from datetime import datetime

import pytest
from botocore.config import Config

from definitions import PASS, ROLE, WAIT, arn
from sandbox import MEMBER

# Activities


def test_an_activity_is_created_once(states, name):
    first = states.create_activity(name=name, tags=[{"key": "team", "value": "soc"}])
    assert first["activityArn"] == arn("activity", name)
    assert isinstance(first["creationDate"], datetime)
    assert states.create_activity(name=name)["creationDate"] == first["creationDate"]


def test_an_activity_is_described_until_it_is_deleted(states, activity, name, refused):
    described = states.describe_activity(activityArn=activity)
    assert (described["activityArn"], described["name"]) == (activity, name)
    assert isinstance(described["creationDate"], datetime)
    states.delete_activity(activityArn=activity)
    refused(states, "ActivityDoesNotExist", "describe_activity", activityArn=activity)
    refused(states, "ActivityDoesNotExist", "get_activity_task", activityArn=activity)


def test_activities_are_listed_page_by_page(states, activity):
    pages = list(states.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) > 1
    assert activity in [listed["activityArn"] for page in pages for listed in page["activities"]]


@pytest.mark.parametrize("wrong", ["a b", "a/b", "x" * 81])
def test_a_name_of_other_characters_or_too_long_is_refused(sandbox, refused, wrong):
    states = sandbox.client("stepfunctions", config=Config(parameter_validation=False))
    refused(states, "InvalidName", "create_activity", name=wrong)
    refused(states, "InvalidName", "create_state_machine", name=wrong, definition=json.dumps(PASS), roleArn=ROLE)


@pytest.mark.parametrize("wrong", ["nonsense", arn("stateMachine", "x"), "arn:aws:s3:::bucket"])
def test_an_arn_of_something_else_is_refused(states, refused, wrong):
    refused(states, "InvalidArn", "describe_activity", activityArn=wrong)
    refused(states, "InvalidArn", "delete_activity", activityArn=wrong)
    refused(states, "InvalidArn", "get_activity_task", activityArn=wrong)
    refused(states, "InvalidArn", "describe_execution", executionArn=wrong)


def test_another_accounts_activity_is_out_of_reach(sandbox, activity, refused):
    member = sandbox.client("stepfunctions", account=MEMBER)
    refused(member, "AccessDeniedException", "describe_activity", activityArn=activity)


@pytest.mark.parametrize("method", ["list_activities", "list_state_machines"])
def test_an_invented_page_is_refused(states, refused, method):
    refused(states, "InvalidToken", method, nextToken="invented")


# Tags


def test_tags_are_put_listed_and_taken_away(states, activity):
    states.tag_resource(resourceArn=activity, tags=[{"key": "team", "value": "soc"}, {"key": "stage", "value": "test"}])
    states.untag_resource(resourceArn=activity, tagKeys=["stage"])
    assert states.list_tags_for_resource(resourceArn=activity)["tags"] == [{"key": "team", "value": "soc"}]


def test_tags_of_nothing_are_refused_with_its_name(states, refused):
    nobody = arn("activity", "nobody")
    tags = [{"key": "team", "value": "soc"}]
    assert refused(states, "ResourceNotFound", "list_tags_for_resource", resourceArn=nobody)["resourceName"] == nobody
    refused(states, "ResourceNotFound", "tag_resource", resourceArn=nobody, tags=tags)
    refused(states, "ResourceNotFound", "untag_resource", resourceArn=nobody, tagKeys=["team"])
    refused(states, "InvalidArn", "list_tags_for_resource", resourceArn="nonsense")


def test_more_than_fifty_tags_are_too_many(states, activity, name, refused):
    tags = [{"key": f"key{number}", "value": ""} for number in range(51)]
    assert refused(states, "TooManyTags", "tag_resource", resourceArn=activity, tags=tags)["resourceName"] == activity
    refused(states, "TooManyTags", "create_activity", name=f"{name}-tagged", tags=tags)


# State machines


def test_a_state_machine_is_created_and_described(states, create, name):
    created = create(PASS)
    assert created["stateMachineArn"] == arn("stateMachine", name)
    assert create(PASS)["creationDate"] == created["creationDate"]
    described = states.describe_state_machine(stateMachineArn=created["stateMachineArn"])
    assert (described["name"], described["status"], described["type"]) == (name, "ACTIVE", "STANDARD")
    assert (json.loads(described["definition"]), described["roleArn"]) == (PASS, ROLE)
    assert isinstance(described["creationDate"], datetime)
    assert described["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert described["tracingConfiguration"] == {"enabled": False}


def test_metadata_alone_leaves_the_definition_out(states, machine):
    """DescribeStateMachine: "If called with includedData = METADATA_ONLY, the returned definition will be {}"."""
    described = states.describe_state_machine(stateMachineArn=machine, includedData="METADATA_ONLY")
    assert (described["definition"], described["roleArn"]) == ("{}", ROLE)
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    kept = states.describe_state_machine_for_execution(executionArn=execution, includedData="METADATA_ONLY")
    assert kept["definition"] == "{}"


def test_an_update_gives_a_revision(states, machine):
    updated = states.update_state_machine(stateMachineArn=machine, definition=json.dumps(WAIT))
    assert isinstance(updated["updateDate"], datetime)
    described = states.describe_state_machine(stateMachineArn=machine)
    assert described["revisionId"] == updated["revisionId"]
    assert json.loads(described["definition"]) == WAIT


def test_state_machines_are_listed_page_by_page(states, machine):
    pages = list(states.get_paginator("list_state_machines").paginate(PaginationConfig={"PageSize": 1}))
    listed = [found for page in pages for found in page["stateMachines"]]
    assert all(len(page["stateMachines"]) == 1 for page in pages)
    assert {"contain-finding"} < {found["name"] for found in listed}
    assert machine in [found["stateMachineArn"] for found in listed]
    assert all(isinstance(found["creationDate"], datetime) for found in listed)


def test_a_definition_is_validated_without_being_kept(states):
    good = states.validate_state_machine_definition(definition=json.dumps(PASS))
    assert (good["result"], good["diagnostics"], good["truncated"]) == ("OK", [], False)
    broken = {"StartAt": "Nowhere", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Odd"}}}
    bad = states.validate_state_machine_definition(definition=json.dumps(broken), maxResults=1)
    assert (bad["result"], bad["truncated"]) == ("FAIL", True)
    assert bad["diagnostics"][0].keys() == {"severity", "code", "message", "location"}


def test_a_state_machine_that_cannot_be_is_refused(states, name, refused):
    def expect(code, **parameters):
        whole = {"name": name, "definition": json.dumps(PASS), "roleArn": ROLE} | parameters
        refused(states, code, "create_state_machine", **whole)

    expect("InvalidDefinition", definition="{}")
    expect("InvalidDefinition", definition="no JSON")
    expect("InvalidArn", roleArn="nobody")
    expect("StateMachineTypeNotSupported", type="EXPRESS")
    expect("TooManyTags", tags=[{"key": f"key{number}", "value": ""} for number in range(51)])


@pytest.mark.usefixtures("machine")
def test_another_definition_under_the_same_name_is_refused(states, name, refused):
    definition = json.dumps(WAIT)
    refused(states, "StateMachineAlreadyExists", "create_state_machine", name=name, definition=definition, roleArn=ROLE)


def test_an_update_that_cannot_be_is_refused(states, machine, refused):
    refused(states, "MissingRequiredParameter", "update_state_machine", stateMachineArn=machine)
    refused(states, "InvalidDefinition", "update_state_machine", stateMachineArn=machine, definition="{}")
    refused(states, "InvalidArn", "update_state_machine", stateMachineArn=machine, roleArn="nobody")


def test_a_state_machine_that_is_not_there_is_refused(states, refused):
    nobody = arn("stateMachine", "nobody")
    for method, more in [
        ("describe_state_machine", {}),
        ("update_state_machine", {"roleArn": ROLE}),
        ("start_execution", {}),
        ("list_executions", {}),
    ]:
        refused(states, "StateMachineDoesNotExist", method, stateMachineArn=nobody, **more)


def test_a_state_machine_is_deleting_while_its_executions_run(states, start, name, refused):
    start(WAIT)
    machine = arn("stateMachine", name)
    states.delete_state_machine(stateMachineArn=machine)
    assert states.describe_state_machine(stateMachineArn=machine)["status"] == "DELETING"
    refused(states, "StateMachineDeleting", "start_execution", stateMachineArn=machine)
    refused(states, "StateMachineDeleting", "update_state_machine", stateMachineArn=machine, roleArn=ROLE)
    refused(
        states,
        "StateMachineDeleting",
        "create_state_machine",
        name=name,
        definition=json.dumps(WAIT),
        roleArn=ROLE,
    )
