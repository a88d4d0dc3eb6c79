"""SNS: topics, and what is published to them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ConnectionClosedError

from sandbox import HUB, MEMBER, REGION

TOPIC_ARN = f"arn:aws:sns:{REGION}:{{account}}:{{name}}"


@pytest.fixture
def topic(sns, name):
    """The ARN of the test's own topic."""
    return sns.create_topic(Name=name)["TopicArn"]


@pytest.fixture
def notifications(sandbox, topic):
    """What was published to the test's topic, as the control endpoint shows it."""
    return lambda: [sent for sent in sandbox.control("GET", "notifications") if sent["TopicArn"] == topic]


# Topics


def test_a_topic_is_created_once_and_stays_the_same(sns, topic, name):
    assert topic == TOPIC_ARN.format(account=HUB, name=name)
    assert sns.create_topic(Name=name)["TopicArn"] == topic
    listed = [found["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for found in page["Topics"]]
    assert listed.count(topic) == 1
    assert TOPIC_ARN.format(account=HUB, name="falconer-notifications") in listed


def test_topics_come_in_pages_of_a_hundred(sandbox):
    sns = sandbox.client("sns", account=MEMBER, region="eu-west-1")
    made = [sns.create_topic(Name=f"paged-{number}")["TopicArn"] for number in range(101)]
    pages = list(sns.get_paginator("list_topics").paginate())
    assert [len(page["Topics"]) for page in pages] == [100, 1]
    assert sorted(found["TopicArn"] for page in pages for found in page["Topics"]) == sorted(made)


def test_an_account_and_region_without_topics_has_an_empty_list(sandbox):
    assert sandbox.client("sns", account=MEMBER, region="ap-south-1").list_topics()["Topics"] == []


@pytest.mark.parametrize("invented", ["", "x" * 257, "a name", "queue.fifo", "<Name>"])
def test_a_topic_that_cannot_be_is_refused(sns, refused, invented):
    refused(sns, "InvalidParameter", "create_topic", Name=invented)


def test_what_a_topic_cannot_have_is_refused(sns, name, refused):
    refused(sns, "InvalidParameter", "create_topic", Name=name, Attributes={"DisplayName": "boto3's"})
    refused(sns, "InvalidParameter", "create_topic", Name=name, Tags=[{"Key": "of", "Value": "boto3"}])
    refused(sns, "InvalidParameter", "list_topics", NextToken="invented")


# Messages


def test_a_message_is_delivered_as_it_was_published(sns, topic, notifications):
    published = sns.publish(TopicArn=topic, Message="A block was made.", Subject="Falconer")
    (sent,) = notifications()
    assert abs(datetime.fromisoformat(sent.pop("Timestamp")) - datetime.now(UTC)) < timedelta(seconds=30)
    assert sent == {
        "Type": "Notification",
        "MessageId": published["MessageId"],
        "TopicArn": topic,
        "Subject": "Falconer",
        "Message": "A block was made.",
    }


@pytest.mark.parametrize("message", ["x" * 262_144, "two\nlines", "ü 漢 🦅", "a=b&c=d+e %41", "</Message>", " "])
def test_a_message_is_delivered_letter_by_letter(sns, topic, notifications, message):
    sns.publish(TopicArn=topic, Message=message)
    (sent,) = notifications()
    assert sent["Message"] == message
    assert "Subject" not in sent


def test_messages_are_shown_in_their_order(sns, topic, notifications):
    ids = [sns.publish(TopicArn=topic, Message=f"number {number}")["MessageId"] for number in range(12)]
    assert [sent["MessageId"] for sent in notifications()] == ids
    assert len(set(ids)) == 12


def test_the_attributes_of_a_message_are_delivered_with_it(sns, topic, notifications):
    attributes = {
        "runbook": {"DataType": "String", "StringValue": "contain-finding"},
        "blocks": {"DataType": "Number", "StringValue": "3"},
        "zones": {"DataType": "String.Array", "StringValue": '["a", "b"]'},
        "digest": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sns.publish(TopicArn=topic, Message="with attributes", MessageAttributes=attributes)
    (sent,) = notifications()
    assert sent["MessageAttributes"] == {
        "runbook": {"Type": "String", "Value": "contain-finding"},
        "blocks": {"Type": "Number", "Value": "3"},
        "zones": {"Type": "String.Array", "Value": '["a", "b"]'},
        "digest": {"Type": "Binary", "Value": base64.b64encode(b"\x00\xff").decode()},
    }


# Refused


@pytest.mark.parametrize(
    "members",
    [
        {"Message": ""},
        {"Message": "x" * 262_145},
        {"Message": "ü" * 131_073},
        {"Subject": ""},
        {"Subject": "x" * 100},
        {"Subject": "two\nlines"},
        {"TopicArn": "no ARN"},
        {"TopicArn": TOPIC_ARN.format(account=HUB, name="elsewhere").replace(REGION, "eu-west-1")},
        {"MessageStructure": "json"},
    ],
)
def test_a_message_that_cannot_be_is_refused_and_not_delivered(sns, topic, notifications, refused, members):
    refused(sns, "InvalidParameter", "publish", **{"TopicArn": topic, "Message": "boto3's"} | members)
    assert notifications() == []


def test_a_message_needs_a_topic(sns, refused):
    refused(sns, "InvalidParameter", "publish", Message="to nobody")


@pytest.mark.parametrize(
    ("name_of", "attribute"),
    [
        ("a name", {"DataType": "String", "StringValue": "red"}),
        ("AWS.colour", {"DataType": "String", "StringValue": "red"}),
        ("colour", {"DataType": "Colour", "StringValue": "red"}),
        ("colour", {"DataType": "Number", "StringValue": "red"}),
        ("colour", {"DataType": "String.Array", "StringValue": "red"}),
        ("colour", {"DataType": "String"}),
        ("colour", {"DataType": "Binary", "StringValue": "red"}),
    ],
)
def test_an_attribute_that_cannot_be_is_refused(sns, topic, notifications, refused, name_of, attribute):
    attributes = {name_of: attribute}
    answer = refused(sns, "ParameterValueInvalid", "publish", TopicArn=topic, Message="m", MessageAttributes=attributes)
    assert name_of in answer["Error"]["Message"]
    assert notifications() == []


def test_an_error_that_quotes_a_control_character_can_be_read(sns, topic, refused):
    attributes = {"colour\x01": {"DataType": "String", "StringValue": "red"}}
    refused(sns, "ParameterValueInvalid", "publish", TopicArn=topic, Message="m", MessageAttributes=attributes)


def test_the_attributes_count_into_the_size_of_a_message(sns, topic, refused):
    attributes = {"colour": {"DataType": "String", "StringValue": "red"}}
    room = 262_144 - len("colour" + "String" + "red")
    sns.publish(TopicArn=topic, Message="x" * room, MessageAttributes=attributes)
    too_long = {"Message": "x" * (room + 1), "MessageAttributes": attributes}
    refused(sns, "InvalidParameter", "publish", TopicArn=topic, **too_long)


def test_a_topic_that_is_not_there_is_not_found(sns, name, refused):
    answer = refused(sns, "NotFound", "publish", TopicArn=TOPIC_ARN.format(account=HUB, name=name), Message="m")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_topic_takes_messages_of_its_own_account_alone(sandbox, topic, notifications, refused):
    member = sandbox.client("sns", account=MEMBER)
    answer = refused(member, "AuthorizationError", "publish", TopicArn=topic, Message="m")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert notifications() == []


# Errors


@pytest.mark.parametrize(
    ("code", "kind"),
    [("InternalError", "Receiver"), ("EndpointDisabled", "Sender"), ("KMSThrottling", "Sender")],
)
def test_an_error_that_a_fault_asks_for_is_the_models(sns, topic, notifications, fault, refused, code, kind):
    fault("sns.Publish", f"error:{code}")
    answer = refused(sns, code, "publish", TopicArn=topic, Message="m")
    assert answer["Error"]["Type"] == kind
    assert notifications() == []


def test_a_throttle_looks_as_sns_writes_it(sns, fault, refused):
    fault("sns.ListTopics", "throttle")
    refused(sns, "Throttling", "list_topics")


def test_a_message_whose_answer_is_lost_was_published(sns, topic, notifications, fault):
    fault("sns.Publish", "lose-answer")
    with pytest.raises(ConnectionClosedError):
        sns.publish(TopicArn=topic, Message="heard")
    assert [sent["Message"] for sent in notifications()] == ["heard"]
