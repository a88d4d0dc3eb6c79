"""State machines for the tests, and the ARNs of what has to do with them."""

from sandbox import HUB, REGION

ROLE = f"arn:aws:iam::{HUB}:role/boto3"


def arn(kind, name, account=HUB):
    return f"arn:aws:states:{REGION}:{account}:{kind}:{name}"


def of_one_state(name, **fields):
    end = {} if fields["Type"] in ("Fail", "Succeed") else {"End": True}
    return {"StartAt": name, "States": {name: fields | end}}


def task(activity, **fields):
    return of_one_state("Work", Type="Task", Resource=activity, **fields)


PASS = of_one_state("Pass", Type="Pass")
WAIT = of_one_state("Wait", Type="Wait", Seconds=600)

# Every kind of state but the Task, those that hold others once with a good end and once with a bad one.
EVERY_STATE = {
    "StartAt": "Parallel",
    "States": {
        "Parallel": {
            "Type": "Parallel",
            "Branches": [of_one_state("Left", Type="Pass"), of_one_state("Right", Type="Wait", Seconds=0)],
            "Next": "Map",
        },
        "Map": {"Type": "Map", "ItemProcessor": of_one_state("Item", Type="Pass"), "Next": "Doomed map"},
        "Doomed map": {
            "Type": "Map",
            "ItemProcessor": of_one_state("Doomed item", Type="Fail", Error="Test.Wanted"),
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Doomed parallel"}],
            "Next": "Fail",
        },
        "Doomed parallel": {
            "Type": "Parallel",
            "Branches": [
                of_one_state("Waiting branch", Type="Wait", Seconds=600),
                of_one_state("Doomed branch", Type="Fail", Error="Test.Wanted", Cause="wanted"),
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Choice"}],
            "Next": "Fail",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.failure", "IsPresent": True, "Next": "Succeed"}],
            "Default": "Fail",
        },
        "Succeed": {"Type": "Succeed"},
        "Fail": {"Type": "Fail"},
    },
}
