"""Systems Manager: managed instances, inventory, Run Command, Automation."""

import json
import uuid

import pytest

from sandbox import HUB, REGION, eventually

DOCUMENT = "AWS-ConfigureAWSPackage"
DEPLOY = "CrowdStrike-FalconSensorDeploy"
STEP = "configurePackage"
ARGUMENTS = {"SSM_CS_CCID": "C1D-00", "SSM_CS_HOST": "falcon", "SSM_CS_AUTH_TOKEN": "none"}
PARAMETERS = {
    "action": ["Install"],
    "name": ["FalconSensor-CrowdStrike"],
    "additionalArguments": [json.dumps(ARGUMENTS)],
}


@pytest.fixture
def instance(sandbox):
    """Puts an instance of the hub that no other test has, and gives its id."""

    def put(**members):
        one = {"account": HUB, "region": REGION, "id": f"i-{uuid.uuid4().hex[:17]}"} | members
        sandbox.control("POST", "instances", one)
        return one["id"]

    return put


@pytest.fixture
def send(ssm):
    """Sends a command that installs the sensor, and gives it as it was answered."""

    def send(*instances, **members):
        command = {"InstanceIds": list(instances), "DocumentName": DOCUMENT, "Parameters": PARAMETERS}
        return ssm.send_command(**command | members)["Command"]

    return send


def invocation_of(ssm, command):
    """The command's one invocation, once it is there."""
    return eventually(lambda: ssm.list_command_invocations(CommandId=command, Details=True)["CommandInvocations"])[0]


# Managed instances and inventory


def test_an_instance_is_found_by_its_id(ssm, instance):
    known, unmanaged = instance(), instance(agent="none")
    filters = [{"Key": "InstanceIds", "Values": [known, unmanaged]}]
    [found] = ssm.describe_instance_information(Filters=filters)["InstanceInformationList"]
    assert (found["InstanceId"], found["PingStatus"], found["PlatformType"]) == (known, "Online", "Linux")


def test_the_paginator_walks_all_instances(ssm, instance):
    ids = {instance() for _ in range(7)}
    pages = ssm.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 5})
    assert ids <= {found["InstanceId"] for page in pages for found in page["InstanceInformationList"]}


def test_inventory_tells_who_has_the_sensor(ssm, instance):
    sensor, bare = instance(sensor={"version": "7.4.15907.0"}), instance()
    filters = [
        {"Key": "AWS:InstanceInformation.InstanceId", "Values": [sensor, bare], "Type": "Equal"},
        {"Key": "AWS:Application.Name", "Values": ["falcon-sensor"], "Type": "Equal"},
    ]
    [entity] = ssm.get_inventory(Filters=filters, ResultAttributes=[{"TypeName": "AWS:Application"}])["Entities"]
    assert entity["Id"] == sensor
    entries = ssm.list_inventory_entries(InstanceId=sensor, TypeName="AWS:Application", Filters=filters[1:])["Entries"]
    assert [entry["Version"] for entry in entries] == ["7.04.0"]
    [information] = ssm.get_inventory(Filters=filters[:1], MaxResults=1)["Entities"]
    assert information["Data"]["AWS:InstanceInformation"]["Content"][0]["InstanceStatus"] == "Active"


# Run Command


def test_a_command_is_listed_with_its_steps(ssm, instance, send):
    one = instance()
    sent = send(one, Comment="boto3's", TimeoutSeconds=60)
    assert (sent["Status"], sent["TargetCount"]) == ("Pending", 1)
    [listed] = ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert (listed["Comment"], listed["Parameters"]) == ("boto3's", sent["Parameters"])
    invocation = invocation_of(ssm, sent["CommandId"])
    assert (invocation["InstanceId"], invocation["StatusDetails"]) == (one, "InProgress")
    assert [step["Name"] for step in invocation["CommandPlugins"]] == ["createDownloadFolder", STEP]
    step = ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=one, PluginName=STEP)
    assert (step["ResponseCode"], step["StandardOutputContent"]) == (-1, "")


def test_an_invocation_is_not_there_at_once(ssm, instance, send, refused):
    one = instance()
    sent = send(one)
    named = {"CommandId": sent["CommandId"], "InstanceId": one, "PluginName": STEP}
    refused(ssm, "InvocationDoesNotExist", "get_command_invocation", **named)


def test_what_is_not_sent_to_its_end_is_cancelled(ssm, instance, send):
    sent = send(instance(agent="connection-lost"))
    assert invocation_of(ssm, sent["CommandId"])["StatusDetails"] == "Delayed"
    ssm.cancel_command(CommandId=sent["CommandId"])
    assert ssm.list_commands(CommandId=sent["CommandId"])["Commands"][0]["Status"] == "Cancelled"


def test_a_command_that_cannot_be_sent_is_refused(ssm, instance, send, refused):
    one, unmanaged = instance(), instance(agent="none")
    for code, members in (
        ("InvalidInstanceId", {"InstanceIds": [unmanaged]}),
        ("DuplicateInstanceId", {"InstanceIds": [one, one]}),
        ("InvalidDocument", {"DocumentName": "AWS-RunShellScript"}),
        ("InvalidDocumentVersion", {"DocumentVersion": "7"}),
        ("InvalidParameters", {"Parameters": {"action": ["Update"]}}),
    ):
        command = {"InstanceIds": [one], "DocumentName": DOCUMENT, "Parameters": PARAMETERS}
        refused(ssm, code, "send_command", **command | members)


# Automation


def test_the_deploy_document_is_started_shown_and_stopped(ssm, instance, refused):
    one = instance()
    parameters = {"InstanceIds": [one]}
    started = ssm.start_automation_execution(DocumentName=DEPLOY, Parameters=parameters)
    started = {"AutomationExecutionId": started["AutomationExecutionId"]}
    found = ssm.get_automation_execution(**started)["AutomationExecution"]
    assert (found["AutomationExecutionStatus"], found["Parameters"]["InstanceIds"]) == ("InProgress", [one])
    assert [step["Action"] for step in found["StepExecutions"]][2] == "aws:runCommand"
    ssm.stop_automation_execution(**started)
    found = ssm.get_automation_execution(**started)["AutomationExecution"]
    assert found["AutomationExecutionStatus"] == "Cancelled"
    refused(ssm, "InvalidAutomationStatusUpdateException", "stop_automation_execution", **started)


def test_an_execution_that_cannot_be_is_refused(ssm, refused):
    code = "InvalidAutomationExecutionParametersException"
    refused(ssm, code, "start_automation_execution", DocumentName=DEPLOY, Parameters={"Action": ["Install"]})
    refused(ssm, "AutomationDefinitionNotFoundException", "start_automation_execution", DocumentName="AWS-Nobody")
    absent = {"AutomationExecutionId": str(uuid.uuid4())}
    refused(ssm, "AutomationExecutionNotFoundException", "get_automation_execution", **absent)
