"""The runbook as an outsider sees it: a finding goes in through boto3, and its note comes out."""

import pytest

from findings import by_id, falcon_finding
from sandbox import Sandbox, end_of, eventually

DOMAIN = "updates.evil.example"
ADDRESS = "203.0.113.9"
HOSTILE = '";) drop ip any any -> any any ('


@pytest.fixture(scope="module")
def working(witness):
    with Sandbox(witness, "--with-worker") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def told(working):
    """The findings when Falconer has said what became of each."""
    hub = working.client("securityhub")
    sent = [
        falcon_finding("domain", "domain", DOMAIN),
        falcon_finding("address", "ipv4", ADDRESS),
        falcon_finding("hostile", "domain", HOSTILE),
    ]
    assert hub.batch_import_findings(Findings=sent)["SuccessCount"] == len(sent)

    def look():
        findings = hub.get_findings(Filters=by_id("crowdstrike:"))["Findings"]
        return all("Note" in found for found in findings) and {found["Id"].split(":")[2]: found for found in findings}

    return eventually(look, seconds=40)


def test_the_finding_says_that_its_domain_is_blocked(told):
    found = told["domain"]
    assert found["Note"]["UpdatedBy"] == "falconer"
    assert DOMAIN in found["Note"]["Text"]
    fields = found["UserDefinedFields"]
    assert (fields["falconerState"], fields["falconerBlocked"]) == ("Blocked", DOMAIN)


@pytest.mark.usefixtures("told")
def test_every_zone_runs_the_rules_that_hold_the_block(working):
    firewall = working.client("network-firewall")
    group = firewall.describe_rule_group(RuleGroupName="falconer-block", Type="STATEFUL")
    assert DOMAIN in group["RuleGroup"]["RulesSource"]["RulesString"]
    zones = firewall.describe_firewall(FirewallName="falconer-egress")["FirewallStatus"]["SyncStates"]
    shown = [zone["Config"][group["RuleGroupResponse"]["RuleGroupArn"]] for zone in zones.values()]
    assert shown == [{"SyncStatus": "IN_SYNC", "UpdateToken": group["UpdateToken"]}] * 3


def test_open_flows_to_a_blocked_address_are_cut(working, told):
    assert told["address"]["UserDefinedFields"]["falconerState"] == "Blocked"
    destinations = [flow["destination"] for flow in working.control("GET", "flows")]
    assert destinations
    assert ADDRESS not in destinations


def test_hostile_text_is_not_blocked_and_the_finding_says_so(working, told):
    assert told["hostile"]["UserDefinedFields"]["falconerState"] == "NothingToBlock"
    group = working.client("network-firewall").describe_rule_group(RuleGroupName="falconer-block", Type="STATEFUL")
    assert HOSTILE not in group["RuleGroup"]["RulesSource"]["RulesString"]


def test_the_execution_that_did_it_is_in_the_finding(working, told):
    states = working.client("stepfunctions")
    execution = told["domain"]["UserDefinedFields"]["falconerExecution"]
    assert end_of(states, execution)["status"] == "SUCCEEDED"
