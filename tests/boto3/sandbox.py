"""A `falconer sandbox` process: started, spoken to through boto3 or by hand, and ended."""

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path
from threading import Timer

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

REPOSITORY = Path(__file__).resolve().parents[2]
FALCONER = Path(os.environ.get("FALCONER", REPOSITORY / "target" / "debug" / "falconer"))
SERVICES = ("stepfunctions", "network-firewall", "securityhub", "events", "ssm", "secretsmanager", "config", "sns", "sts")
REGION = "us-east-1"
HUB = "111122223333"
MEMBER = "444455556666"
SECONDS_TO_START = 20

# Every error must arrive as it was sent, so nothing is retried; an empty poll for a task is held for 60 s.
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=70)


class Sandbox:
    """One running sandbox. `witness` hears of every answer that a client of it gets."""

    def __init__(self, witness, *arguments):
        command = [FALCONER, "sandbox", "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        patience = Timer(SECONDS_TO_START, self.process.kill)
        patience.start()
        line = self.process.stdout.readline()
        patience.cancel()
        assert line, f"{FALCONER} ended, or said nothing for {SECONDS_TO_START} s: see its standard error"
        self.ready = json.loads(line)
        self.endpoint = self.ready["endpoint"]
        self.witness = witness

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        finally:
            self.process.kill()
            self.process.stdout.close()

    def client(self, service, *, account=HUB, region=REGION, session=None, config=None):
        """A client of one account, or of the `session` that AssumeRole gave as `Credentials`."""
        keys = {"aws_access_key_id": account, "aws_secret_access_key": "none"}
        if session:
            keys = {
                "aws_access_key_id": session["AccessKeyId"],
                "aws_secret_access_key": session["SecretAccessKey"],
                "aws_session_token": session["SessionToken"],
            }
        client = boto3.session.Session().client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            config=ONCE.merge(config) if config else ONCE,
            **keys,
        )
        client.meta.events.register("after-call", self.witness.see)
        return client

    def send(self, signing_name, method="POST", path="/", headers=None, body=b""):
        """A signed request that botocore's model has not shaped, and its response."""
        request = AWSRequest(method, self.endpoint + path, headers=headers or {}, data=body)
        SigV4Auth(Credentials(HUB, "none"), signing_name, REGION).add_auth(request)
        return URLLib3Session().send(request.prepare())

    def control(self, method, path, body=None):
        """A request to the control endpoint, and the JSON that it answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/sandbox/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)


def end_of(states, execution):
    """An execution as it is described when it has ended."""

    def look():
        described = states.describe_execution(executionArn=execution)
        return described["status"] != "RUNNING" and described

    return eventually(look)


def eventually(look, seconds=10):
    """The first true answer of `look`, asked again and again for at most so many seconds."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"nothing for {seconds} s"
        time.sleep(0.05)
    return found
