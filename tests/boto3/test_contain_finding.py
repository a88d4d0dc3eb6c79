"""The runbook as an outsider sees it: a finding goes in through boto3, and its note comes out."""

import pytest
from findings import by_id, falcon_finding
from sandbox import Sandbox, eventually

DOMAIN = "updates.evil.example"
ADDRESS = "203.0.113.9"


@pytest.fixture(scope="module")
def working(witness):
    with Sandbox(witness, "--with-worker") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def told(working):
    """The findings when Falconer has said what became of each."""
    hub = working.client("securityhub")
    sent = [falcon_finding("domain", "domain", DOMAIN), falcon_finding("hostile", "domain", '";) drop ip any any -> (')]
    assert hub.batch_import_findings(Findings=sent)["SuccessCount"] == 2

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


def test_hostile_text_is_not_blocked_and_the_finding_says_so(working, told):
    assert told["hostile"]["UserDefinedFields"]["falconerState"] == "NothingToBlock"
    group = working.client("network-firewall").describe_rule_group(RuleGroupName="falconer-block", Type="STATEFUL")
    assert "drop ip any any" not in group["RuleGroup"]["RulesSource"]["RulesString"]


def test_the_execution_that_did_it_is_in_the_finding(working, told):
    states = working.client("stepfunctions")
    execution = told["domain"]["UserDefinedFields"]["falconerExecution"]
    described = eventually(lambda: ended(states, execution))
    assert described["status"] == "SUCCEEDED"


def ended(states, execution):
    described = states.describe_execution(executionArn=execution)
    return described["status"] != "RUNNING" and described
