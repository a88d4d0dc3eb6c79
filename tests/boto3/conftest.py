"""boto3 as an outsider drives the sandbox: what botocore's models accept and parse is the test of the wire format."""

import json
import uuid

import pytest

from definitions import PASS, ROLE
from sandbox import Sandbox, end_of
from witness import Witness

LAST = "test_every_operation.py"


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also wait for what takes a minute")


def pytest_collection_modifyitems(items):
    """What looks back at the other tests comes after them."""
    items.sort(key=lambda item: item.path.name == LAST)


@pytest.fixture
def slow(request):
    if not request.config.getoption("--slow"):
        pytest.skip("takes a minute: --slow")


@pytest.fixture(scope="session")
def witness():
    return Witness()


@pytest.fixture(scope="session")
def sandbox(witness):
    with Sandbox(witness) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def states(sandbox):
    return sandbox.client("stepfunctions")


@pytest.fixture(scope="session")
def firewall(sandbox):
    return sandbox.client("network-firewall")


@pytest.fixture(scope="session")
def hub(sandbox):
    return sandbox.client("securityhub")


@pytest.fixture(scope="session")
def events(sandbox):
    return sandbox.client("events")


@pytest.fixture(scope="session")
def ssm(sandbox):
    return sandbox.client("ssm")


@pytest.fixture(scope="session")
def secrets(sandbox):
    return sandbox.client("secretsmanager")


@pytest.fixture(scope="session")
def config(sandbox):
    return sandbox.client("config")


@pytest.fixture(scope="session")
def sns(sandbox):
    return sandbox.client("sns")


@pytest.fixture(scope="session")
def sts(sandbox):
    return sandbox.client("sts")


@pytest.fixture
def account(sandbox):
    """Adds an account to the organization, in which nothing is on unless it is said, and gives its number."""

    def add(**members):
        number = f"{uuid.uuid4().int % 10**12:012}"
        sandbox.control("POST", "accounts", {"account": number} | members)
        return number

    return add


@pytest.fixture
def name():
    """A name that no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def fault(sandbox):
    """Switches an error on for the next call of an operation."""

    def switch_on(operation, code):
        sandbox.control("POST", "faults", {"operation": operation, "fault": code, "times": 1})

    yield switch_on
    sandbox.control("DELETE", "faults")


@pytest.fixture
def refused():
    """Runs a call that must fail with this error, which botocore must know as a class of its own if it is modelled."""

    def expect(client, code, method, **parameters):
        modelled = any(shape.error_code == code for shape in client.meta.service_model.error_shapes)
        kind = client.exceptions.from_code(code)
        assert (kind is not client.exceptions.ClientError) == modelled
        with pytest.raises(kind) as caught:
            getattr(client, method)(**parameters)
        assert caught.value.response["Error"]["Code"] == code
        return caught.value.response

    return expect


@pytest.fixture
def activity(states, name):
    return states.create_activity(name=name)["activityArn"]


@pytest.fixture
def create(states, name):
    """Creates the test's state machine with a definition."""

    def create(definition):
        return states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)

    return create


@pytest.fixture
def machine(create):
    """The ARN of a state machine that ends at once."""
    return create(PASS)["stateMachineArn"]


@pytest.fixture
def start(states, create):
    """Starts an execution of a definition, and gives its ARN."""

    def start(definition, data=None):
        machine = create(definition)["stateMachineArn"]
        return states.start_execution(stateMachineArn=machine, input=json.dumps(data or {}))["executionArn"]

    return start


@pytest.fixture
def ended(states):
    """Waits for an execution's end, and describes it."""
    return lambda execution: end_of(states, execution)
