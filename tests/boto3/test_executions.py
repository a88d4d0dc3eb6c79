"""Step Functions: what runs."""

import json
from datetime import datetime

import pytest
from botocore.exceptions import ClientError

from definitions import EVERY_STATE, PASS, WAIT, arn, task


def history(states, execution, **parameters):
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution, **parameters)
    return [event for page in pages for event in page["events"]]


# Executions


def test_an_execution_is_followed_to_its_end(states, machine, name, ended):
    header = "Root=1-5759e988-bd862e3fe1be46a994272793"
    started = states.start_execution(stateMachineArn=machine, name="one", input='{"a": 1}', traceHeader=header)
    execution = started["executionArn"]
    assert execution == arn("execution", f"{name}:one")
    described = ended(execution)
    assert described["startDate"] == started["startDate"]
    assert isinstance(described["stopDate"], datetime)
    assert (described["status"], described["name"], described["stateMachineArn"]) == ("SUCCEEDED", "one", machine)
    assert (json.loads(described["input"]), json.loads(described["output"])) == ({"a": 1}, {"a": 1})
    assert described["inputDetails"] == described["outputDetails"] == {"included": True}
    assert (described["traceHeader"], described["redriveCount"]) == (header, 0)


def test_metadata_alone_leaves_the_data_out(states, start, ended):
    execution = start(PASS)
    ended(execution)
    described = states.describe_execution(executionArn=execution, includedData="METADATA_ONLY")
    assert described.keys().isdisjoint({"input", "inputDetails", "output", "outputDetails"})


def test_an_execution_keeps_the_definition_that_it_started_with(states, start, name):
    execution = start(WAIT)
    machine = arn("stateMachine", name)
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(PASS))
    described = states.describe_state_machine_for_execution(executionArn=execution)
    assert (described["stateMachineArn"], described["name"]) == (machine, name)
    assert json.loads(described["definition"]) == WAIT
    assert isinstance(described["updateDate"], datetime)
    states.stop_execution(executionArn=execution)


def test_executions_are_listed_page_by_page_and_by_status(states, machine, ended):
    started = [states.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(3)]
    for execution in started:
        ended(execution)
    paginator = states.get_paginator("list_executions")
    pages = list(
        paginator.paginate(stateMachineArn=machine, statusFilter="SUCCEEDED", PaginationConfig={"PageSize": 2})
    )
    listed = [found for page in pages for found in page["executions"]]
    assert [len(page["executions"]) for page in pages] == [2, 1]
    assert {found["executionArn"] for found in listed} == set(started)
    assert all(isinstance(found["stopDate"], datetime) for found in listed)
    assert states.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"] == []


def test_an_execution_is_stopped_for_a_reason(states, start):
    execution = start(WAIT)
    stopped = states.stop_execution(executionArn=execution, error="Test.Enough", cause="seen")["stopDate"]
    described = states.describe_execution(executionArn=execution)
    assert (described["status"], described["stopDate"]) == ("ABORTED", stopped)
    assert (described["error"], described["cause"]) == ("Test.Enough", "seen")
    assert history(states, execution)[-1]["executionAbortedEventDetails"] == {"error": "Test.Enough", "cause": "seen"}


def test_a_name_is_taken_unless_the_same_execution_still_runs(states, start, name, refused):
    start(WAIT)
    again = {"stateMachineArn": arn("stateMachine", name), "name": "taken"}
    first = states.start_execution(**again, input="{}")
    assert states.start_execution(**again, input="{}") | {"ResponseMetadata": 0} == first | {"ResponseMetadata": 0}
    refused(states, "ExecutionAlreadyExists", "start_execution", **again, input='{"other": true}')


def test_an_execution_that_cannot_be_is_refused(states, machine, refused):
    refused(states, "InvalidExecutionInput", "start_execution", stateMachineArn=machine, input="no JSON")
    refused(states, "InvalidName", "start_execution", stateMachineArn=machine, name="a name")
    refused(states, "InvalidArn", "start_execution", stateMachineArn="nonsense")
    refused(states, "ValidationException", "start_execution", stateMachineArn=machine, input=json.dumps("x" * 262_143))


def test_an_execution_that_is_not_there_is_refused(states, name, refused):
    nobody = arn("execution", f"{name}:nobody")
    for method in (
        "describe_execution",
        "describe_state_machine_for_execution",
        "get_execution_history",
        "stop_execution",
    ):
        refused(states, "ExecutionDoesNotExist", method, executionArn=nobody)


# History


def test_the_events_of_every_kind_of_state_are_in_the_model(states, start, ended):
    execution = start(EVERY_STATE)
    assert ended(execution)["status"] == "SUCCEEDED"
    events = history(states, execution, PaginationConfig={"PageSize": 5})
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(isinstance(event["timestamp"], datetime) for event in events)
    assert all(event["previousEventId"] < event["id"] for event in events)
    assert {event["type"] for event in events} >= {
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ParallelStateEntered",
        "ParallelStateStarted",
        "ParallelStateSucceeded",
        "ParallelStateFailed",
        "ParallelStateExited",
        "WaitStateEntered",
        "WaitStateExited",
        "MapStateEntered",
        "MapStateStarted",
        "MapIterationStarted",
        "MapIterationSucceeded",
        "MapIterationFailed",
        "MapStateSucceeded",
        "MapStateFailed",
        "MapStateExited",
        "FailStateEntered",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "SucceedStateEntered",
        "SucceedStateExited",
        "ExecutionSucceeded",
    }


def test_history_is_read_from_its_end_and_without_its_data(states, start, ended):
    execution = start(PASS, {"secret": "data"})
    ended(execution)
    newest = states.get_execution_history(executionArn=execution, reverseOrder=True, includeExecutionData=False)
    assert [event["type"] for event in newest["events"]] == [
        "ExecutionSucceeded",
        "PassStateExited",
        "PassStateEntered",
        "ExecutionStarted",
    ]
    assert "secret" not in str(newest)


def test_an_execution_that_takes_too_long_times_out(states, start, ended):
    execution = start(WAIT | {"TimeoutSeconds": 1})
    assert ended(execution)["status"] == "TIMED_OUT"
    assert history(states, execution)[-1]["type"] == "ExecutionTimedOut"


# Tasks


def test_a_task_is_taken_kept_alive_and_answered(states, activity, start, ended):
    execution = start(task(activity, TimeoutSeconds=60, HeartbeatSeconds=30), {"indicator": "evil.example"})
    taken = states.get_activity_task(activityArn=activity, workerName="boto3")
    assert json.loads(taken["input"]) == {"indicator": "evil.example"}
    states.send_task_heartbeat(taskToken=taken["taskToken"])
    states.send_task_success(taskToken=taken["taskToken"], output='{"blocked": true}')
    assert json.loads(ended(execution)["output"]) == {"blocked": True}
    events = {event["type"]: event for event in history(states, execution)}
    scheduled = events["ActivityScheduled"]["activityScheduledEventDetails"]
    assert (scheduled["resource"], scheduled["timeoutInSeconds"], scheduled["heartbeatInSeconds"]) == (activity, 60, 30)
    assert events["ActivityStarted"]["activityStartedEventDetails"] == {"workerName": "boto3"}
    assert json.loads(events["ActivitySucceeded"]["activitySucceededEventDetails"]["output"]) == {"blocked": True}


def test_a_task_that_fails_fails_its_execution(states, activity, start, ended):
    execution = start(task(activity))
    token = states.get_activity_task(activityArn=activity)["taskToken"]
    states.send_task_failure(taskToken=token, error="Test.Wanted", cause="wanted")
    described = ended(execution)
    assert (described["status"], described["error"], described["cause"]) == ("FAILED", "Test.Wanted", "wanted")
    events = {event["type"]: event for event in history(states, execution)}
    why = {"error": "Test.Wanted", "cause": "wanted"}
    assert events["ActivityFailed"]["activityFailedEventDetails"] == why
    assert events["ExecutionFailed"]["executionFailedEventDetails"] == why


def test_a_silent_worker_loses_its_task(states, activity, start, ended, refused):
    execution = start(task(activity, HeartbeatSeconds=1, TimeoutSeconds=60))
    token = states.get_activity_task(activityArn=activity)["taskToken"]
    assert ended(execution)["error"] == "States.HeartbeatTimeout"
    assert "ActivityTimedOut" in [event["type"] for event in history(states, execution)]
    refused(states, "TaskTimedOut", "send_task_heartbeat", taskToken=token)
    refused(states, "TaskTimedOut", "send_task_success", taskToken=token, output="{}")
    refused(states, "TaskTimedOut", "send_task_failure", taskToken=token)


def test_a_forged_token_is_refused(states, refused):
    refused(states, "InvalidToken", "send_task_heartbeat", taskToken="forged")
    refused(states, "InvalidToken", "send_task_success", taskToken="forged", output="{}")
    refused(states, "InvalidToken", "send_task_failure", taskToken="forged")


def test_a_task_of_a_deleted_activity_does_not_exist(states, activity, start, refused):
    start(task(activity))
    token = states.get_activity_task(activityArn=activity)["taskToken"]
    states.delete_activity(activityArn=activity)
    refused(states, "TaskDoesNotExist", "send_task_heartbeat", taskToken=token)
    refused(states, "TaskDoesNotExist", "send_task_success", taskToken=token, output="{}")
    refused(states, "TaskDoesNotExist", "send_task_failure", taskToken=token)


def test_an_activity_that_is_not_there_is_written_into_the_history(states, start, ended):
    execution = start(task(arn("activity", "nobody")))
    assert ended(execution)["status"] == "FAILED"
    assert "ActivityScheduleFailed" in [event["type"] for event in history(states, execution)]


def test_output_must_be_json_and_not_too_long(states, activity, start, refused):
    start(task(activity))
    token = states.get_activity_task(activityArn=activity)["taskToken"]
    refused(states, "InvalidOutput", "send_task_success", taskToken=token, output="no JSON")
    refused(states, "ValidationException", "send_task_success", taskToken=token, output=json.dumps("x" * 262_143))
    states.send_task_success(taskToken=token, output="{}")


@pytest.mark.usefixtures("slow")
def test_an_empty_poll_has_no_token(states, activity):
    assert not states.get_activity_task(activityArn=activity).get("taskToken")


@pytest.mark.parametrize("code", ["ActivityWorkerLimitExceeded", "KmsThrottlingException"])
def test_an_error_that_a_fault_asks_for_is_the_models(states, activity, fault, refused, code):
    fault("states.GetActivityTask", f"error:{code}")
    refused(states, code, "get_activity_task", activityArn=activity)


def test_a_throttle_looks_as_step_functions_writes_it(states, fault):
    fault("states.ListActivities", "throttle")
    with pytest.raises(ClientError) as caught:
        states.list_activities()
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
