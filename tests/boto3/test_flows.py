"""Network Firewall: the flows through a firewall, and their flushes."""

from datetime import datetime

from sandbox import HUB, REGION, eventually

EGRESS = f"arn:aws:network-firewall:{REGION}:{HUB}:firewall/falconer-egress"


def flush(firewall, address, **parameters):
    filters = [{"DestinationAddress": {"AddressDefinition": address}}]
    return firewall.start_flow_flush(FirewallArn=EGRESS, FlowFilters=filters, **parameters)


def finished(firewall, operation):
    def look():
        described = firewall.describe_flow_operation(FirewallArn=EGRESS, FlowOperationId=operation)
        return described["FlowOperationStatus"] != "IN_PROGRESS" and described

    return eventually(look)


def test_a_flush_is_followed_to_the_flows_that_it_took(firewall):
    zone = f"{REGION}b"
    started = flush(firewall, "198.51.100.0/24", AvailabilityZone=zone, MinimumFlowAgeInSeconds=60)
    assert (started["FirewallArn"], started["FlowOperationStatus"]) == (EGRESS, "IN_PROGRESS")
    operation = started["FlowOperationId"]
    described = finished(firewall, operation)
    assert (described["FlowOperationType"], described["FlowOperationStatus"]) == ("FLOW_FLUSH", "COMPLETED")
    assert described["AvailabilityZone"] == zone
    assert isinstance(described["FlowRequestTimestamp"], datetime)
    assert described["FlowOperation"] == {
        "MinimumFlowAgeInSeconds": 60,
        "FlowFilters": [{"DestinationAddress": {"AddressDefinition": "198.51.100.0/24"}}],
    }
    paginator = firewall.get_paginator("list_flow_operation_results")
    pages = paginator.paginate(FirewallArn=EGRESS, FlowOperationId=operation, PaginationConfig={"PageSize": 1})
    (flow,) = [flow for page in pages for flow in page["Flows"]]
    assert flow["DestinationAddress"] == {"AddressDefinition": "198.51.100.7"}
    assert (flow["DestinationPort"], flow["Protocol"]) == ("443", "6")
    assert flow["Age"] > 60


def test_flushes_are_listed_page_by_page(firewall):
    started = {flush(firewall, "203.0.113.200")["FlowOperationId"] for _ in range(2)}
    pages = list(
        firewall.get_paginator("list_flow_operations").paginate(FirewallArn=EGRESS, PaginationConfig={"PageSize": 1})
    )
    assert all(len(page["FlowOperations"]) == 1 for page in pages)
    assert started <= {page["FlowOperations"][0]["FlowOperationId"] for page in pages}


def test_a_flush_that_fails_says_so(sandbox, firewall):
    sandbox.control("POST", "faults", {"flush": "failed", "times": 1})
    described = finished(firewall, flush(firewall, "203.0.113.200")["FlowOperationId"])
    assert described["FlowOperationStatus"] == "FAILED"
    assert described["StatusMessage"]


def test_a_flush_that_cannot_be_is_refused(firewall, refused):
    def expect(code, **parameters):
        filters = [{"DestinationAddress": {"AddressDefinition": "203.0.113.200"}}]
        refused(firewall, code, "start_flow_flush", **{"FirewallArn": EGRESS, "FlowFilters": filters} | parameters)

    expect("InvalidRequestException", FlowFilters=[])
    expect("InvalidRequestException", FlowFilters=[{"DestinationAddress": {"AddressDefinition": "evil.example"}}])
    expect("InvalidRequestException", AvailabilityZone=f"{REGION}f")
    expect("ResourceNotFoundException", FirewallArn=f"{EGRESS}-other")


def test_a_flush_that_is_not_there_is_refused(firewall, refused):
    nobody = {"FirewallArn": EGRESS, "FlowOperationId": "00000000-0000-0000-0000-000000000000"}
    refused(firewall, "ResourceNotFoundException", "describe_flow_operation", **nobody)
    refused(firewall, "ResourceNotFoundException", "list_flow_operation_results", **nobody)
    refused(firewall, "ResourceNotFoundException", "list_flow_operations", FirewallArn=f"{EGRESS}-other")
