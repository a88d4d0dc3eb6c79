"""Sees every answer that boto3 gets: holds it to botocore's model, and remembers which operations succeeded."""

import json
from collections import defaultdict

import shape_check

# What AWS's front answers to any operation, so that no operation declares it. Most stand in
# https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html and, with the names of the query
# protocol, https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html.
COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAction",
    "InvalidClientTokenId",
    "MalformedInput",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}


class Witness:
    """Hears of the answers of all clients, whatever their sandbox."""

    def __init__(self):
        self.succeeded = defaultdict(set)

    def see(self, http_response, parsed, model, **_):
        """The handler of botocore's event `after-call`, which comes before an error is raised."""
        if http_response.status_code < 300:
            found = answer_problems(model, http_response)
            self.succeeded[model.service_model.service_name].add(model.name)
        else:
            found = error_problems(model, http_response, parsed["Error"])
        assert not found, f"{model.name} answers what botocore's model does not have:\n" + "\n".join(found)


def answer_problems(operation, response):
    if not response.headers.get("x-amzn-requestid"):
        return ["no request id"]
    shape = operation.output_shape
    if operation.service_model.resolved_protocol == "query":
        body = shape_check.from_query(shape, response.text)
    else:
        body = json.loads(response.content)
    if shape is None:
        return [] if body == {} else [f"{body!r} where the operation has no output"]
    return shape_check.problems(shape, body)


def error_problems(operation, response, error):
    code = error["Code"]
    if not error["Message"]:
        return [f"{code} has no message that botocore finds"]
    declared = next((shape for shape in operation.error_shapes if shape.error_code == code), None)
    if declared is None:
        return [] if code in COMMON_ERRORS else [f"{code} is neither declared nor common to all operations"]
    status = declared.metadata.get("error", {}).get("httpStatusCode", response.status_code)
    if response.status_code != status:
        return [f"{code} has the status {response.status_code} instead of {status}"]
    if operation.service_model.resolved_protocol == "query":
        return kind_problems(declared, error)
    return shape_check.problems(declared, declared_part(declared, json.loads(response.content)))


def kind_problems(declared, error):
    """In the query protocol an error has no members of its own, but says whose fault it is."""
    kind = "Sender" if declared.metadata["error"].get("senderFault") else "Receiver"
    return [] if error["Type"] == kind else [f"{error['Code']} is of the type {error['Type']} instead of {kind}"]


def declared_part(declared, body):
    """An error's body without its name, and without the message if the model gives the error no members at all."""
    undeclared = {"__type"} if declared.members else {"__type", "message"}
    return {name: value for name, value in body.items() if name not in undeclared}
