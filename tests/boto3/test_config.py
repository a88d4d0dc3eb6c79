"""AWS Config: queries over the fleet, custom rules, and what is evaluated for them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sandbox import HUB, MEMBER, REGION

RULE = "falconer-sensor"
INSTANCES = "WHERE resourceType = 'AWS::EC2::Instance'"
ROLE = f"arn:aws:iam::{HUB}:role/config"
FUNCTION = f"arn:aws:lambda:{REGION}:{HUB}:function:falconer-sensor"


@pytest.fixture(scope="module")
def member(sandbox):
    return sandbox.client("config", account=MEMBER)


@pytest.fixture
def invoked(sandbox):
    """Config invokes the member's rule: the event of its function."""
    request = {"account": MEMBER, "region": REGION, "trigger": "scheduled"}
    return sandbox.control("POST", "config/evaluations", request)["event"]


@pytest.fixture
def rule(config, name):
    details = [{"EventSource": "aws.config", "MessageType": "ScheduledNotification"}]
    source = {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": FUNCTION, "SourceDetails": details}
    config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source})
    yield name
    config.delete_config_rule(ConfigRuleName=name)


def evaluation(resource, **members):
    return {
        "ComplianceResourceType": "AWS::EC2::Instance",
        "ComplianceResourceId": resource,
        "ComplianceType": "NON_COMPLIANT",
        "OrderingTimestamp": datetime.now(UTC),
    } | members


def rows(pages):
    return [json.loads(row) for page in pages for row in page["Results"]]


# Queries


def test_the_aggregator_lists_the_fleet_page_by_page(config):
    pages = config.get_paginator("select_aggregate_resource_config").paginate(
        ConfigurationAggregatorName="falconer",
        Expression=f"SELECT accountId, resourceId, configuration.state.name, tags {INSTANCES}",
        PaginationConfig={"PageSize": 5},
    )
    seeded = [row for row in rows(pages) if row["resourceId"].startswith("i-0f1a2b3c4d5e6f70")]
    assert len(seeded) == 12
    excluded = [row for row in seeded if any(tag["key"] == "falconer:exclude" for tag in row["tags"])]
    assert [row["accountId"] for row in excluded] == [MEMBER]


def test_a_member_lists_and_counts_its_own(member):
    expression = f"SELECT configuration.platform, COUNT(*) {INSTANCES} GROUP BY configuration.platform"
    answer = member.select_resource_config(Expression=expression)
    assert [field["Name"] for field in answer["QueryInfo"]["SelectFields"]] == ["configuration.platform", "COUNT(*)"]
    assert {"configuration": {"platform": "windows"}, "COUNT(*)": 1} in rows([answer])


def test_a_query_that_cannot_be_is_refused(config, member, refused):
    refused(config, "InvalidExpressionException", "select_resource_config", Expression="SELECT resourceId FROM x")
    refused(config, "InvalidNextTokenException", "select_resource_config", Expression="SELECT *", NextToken="AAAA")
    wrong = {"ConfigurationAggregatorName": "falconer", "Expression": "SELECT *"}
    refused(member, "NoSuchConfigurationAggregatorException", "select_aggregate_resource_config", **wrong)


def test_an_aggregator_is_described_as_it_was_put(config, name):
    source = {"RoleArn": f"arn:aws:iam::{HUB}:role/aggregator", "AwsRegions": [REGION, "eu-west-1"]}
    put = config.put_configuration_aggregator(ConfigurationAggregatorName=name, OrganizationAggregationSource=source)
    described = config.describe_configuration_aggregators(ConfigurationAggregatorNames=[name])
    assert described["ConfigurationAggregators"] == [put["ConfigurationAggregator"]]
    assert put["ConfigurationAggregator"]["OrganizationAggregationSource"]["AwsRegions"] == [REGION, "eu-west-1"]


# Recorders


@pytest.fixture
def new(sandbox, account):
    """An account in which Config was never set up."""
    return sandbox.client("config", account=account())


def test_config_is_set_up_step_by_step(new, refused):
    channel = {"s3BucketName": "config-of-new", "configSnapshotDeliveryProperties": {"deliveryFrequency": "One_Hour"}}
    refused(new, "NoAvailableConfigurationRecorderException", "put_delivery_channel", DeliveryChannel=channel)
    group = {"allSupported": False, "resourceTypes": ["AWS::EC2::Instance", "AWS::SSM::ManagedInstanceInventory"]}
    new.put_configuration_recorder(ConfigurationRecorder={"roleARN": ROLE, "recordingGroup": group})
    default = {"ConfigurationRecorderName": "default"}
    refused(new, "NoAvailableDeliveryChannelException", "start_configuration_recorder", **default)
    new.put_delivery_channel(DeliveryChannel=channel)
    new.start_configuration_recorder(**default)
    (recorder,) = new.describe_configuration_recorders(ConfigurationRecorderNames=["default"])["ConfigurationRecorders"]
    assert recorder["recordingGroup"]["resourceTypes"] == group["resourceTypes"]
    assert new.describe_delivery_channels()["DeliveryChannels"] == [channel | {"name": "default"}]
    (status,) = new.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert (status["recording"], status["lastStatus"]) == (True, "Success")
    assert abs(status["lastStartTime"] - datetime.now(UTC)) < timedelta(seconds=30)
    new.stop_configuration_recorder(**default)
    (status,) = new.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert (status["recording"], status["lastStopTime"] >= status["lastStartTime"]) == (False, True)


def test_a_recorder_that_cannot_be_is_refused(new, refused):
    for wrong, code in (
        ({}, "InvalidRoleException"),
        ({"roleARN": ROLE, "recordingGroup": {"allSupported": False}}, "InvalidRecordingGroupException"),
        ({"roleARN": ROLE, "name": "AWSConfigurationRecorderForMe"}, "InvalidConfigurationRecorderNameException"),
    ):
        refused(new, code, "put_configuration_recorder", ConfigurationRecorder=wrong)
    refused(new, "NoSuchConfigurationRecorderException", "start_configuration_recorder", ConfigurationRecorderName="none")
    refused(new, "NoSuchDeliveryChannelException", "describe_delivery_channels", DeliveryChannelNames=["none"])


def test_trails_networks_and_flow_logs_are_found_where_they_are_recorded(sandbox, account):
    items = {
        "AWS::CloudTrail::Trail": {"isMultiRegionTrail": True, "logFileValidationEnabled": False},
        "AWS::EC2::VPC": {"vpcId": "vpc-1"},
        "AWS::EC2::FlowLog": {"resourceId": "vpc-1", "flowLogStatus": "ACTIVE"},
    }
    recorded = {}
    for setup in ("recording", "partial", "stopped"):
        number = account(config=setup)
        place = {"account": number, "region": REGION, "resourceId": "one"}
        for kind, configuration in items.items():
            item = place | {"resourceType": kind, "configuration": configuration}
            sandbox.control("POST", "config/items", item)
        answer = sandbox.client("config", account=number).select_resource_config(
            Expression="SELECT resourceType, configuration.isMultiRegionTrail, configuration.resourceId"
        )
        recorded[setup] = {row["resourceType"]: row.get("configuration") for row in rows([answer])}
    trail = {"AWS::CloudTrail::Trail": {"isMultiRegionTrail": True}}
    others = {"AWS::EC2::VPC": None, "AWS::EC2::FlowLog": {"resourceId": "vpc-1"}}
    assert recorded == {"recording": trail | others, "partial": trail, "stopped": {}}


# Rules


def test_a_rule_is_described_and_deleted(config, rule, refused):
    described = config.describe_config_rules(ConfigRuleNames=[rule])["ConfigRules"]
    assert [(one["ConfigRuleName"], one["ConfigRuleState"]) for one in described] == [(rule, "ACTIVE")]
    refused(config, "NoSuchConfigRuleException", "delete_config_rule", ConfigRuleName=f"{rule}-none")


def test_an_evaluation_is_found_as_it_was_put(member, invoked, name):
    put = evaluation(name, Annotation="no sensor")
    assert member.put_evaluations(Evaluations=[put], ResultToken=invoked["resultToken"])["FailedEvaluations"] == []
    pages = member.get_paginator("get_compliance_details_by_config_rule").paginate(
        ConfigRuleName=RULE, ComplianceTypes=["NON_COMPLIANT"]
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    found = next(
        result
        for result in results
        if result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] == name
    )
    assert (found["ComplianceType"], found["Annotation"]) == ("NON_COMPLIANT", "no sensor")
    ordering = found["EvaluationResultIdentifier"]["OrderingTimestamp"]
    assert abs(ordering - put["OrderingTimestamp"]) < timedelta(seconds=1)


def test_evaluations_without_a_good_token_are_refused(config, member, invoked, sandbox, name, refused):
    put = {"Evaluations": [evaluation(name)], "ResultToken": invoked["resultToken"]}
    refused(config, "InvalidResultTokenException", "put_evaluations", **put)
    config.put_evaluations(**put, TestMode=True)
    sandbox.control("DELETE", "config/result-tokens")
    refused(member, "InvalidResultTokenException", "put_evaluations", **put)
