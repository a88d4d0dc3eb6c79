"""Network Firewall: rule groups, policies and firewalls."""

from datetime import datetime

import pytest

from sandbox import HUB, MEMBER, REGION, eventually

EGRESS = f"arn:aws:network-firewall:{REGION}:{HUB}:firewall/falconer-egress"
RULES = 'drop tls $HOME_NET any -> any any (msg:"test"; tls.sni; content:"evil.example"; sid:1; rev:1;)\n'
STRICT = {"RuleOrder": "STRICT_ORDER"}


def content(rules=RULES):
    return {
        "RuleVariables": {"IPSets": {"HOME_NET": {"Definition": ["10.0.0.0/8"]}}},
        "RulesSource": {"RulesString": rules},
        "StatefulRuleOptions": STRICT,
    }


def policy_of(*groups):
    return {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
        "StatefulRuleGroupReferences": [
            {"ResourceArn": group, "Priority": number} for number, group in enumerate(groups, 1)
        ],
        "StatefulEngineOptions": STRICT,
    }


@pytest.fixture
def group(firewall, name):
    """A rule group as CreateRuleGroup answers it."""
    return firewall.create_rule_group(
        RuleGroupName=name, Type="STATEFUL", Capacity=10, RuleGroup=content(), Description="boto3's"
    )


@pytest.fixture
def policy(firewall, group, name):
    """A policy of that rule group as CreateFirewallPolicy answers it."""
    policy = policy_of(group["RuleGroupResponse"]["RuleGroupArn"])
    return firewall.create_firewall_policy(FirewallPolicyName=name, FirewallPolicy=policy, Description="boto3's")


@pytest.fixture
def of_group(name):
    return {"RuleGroupName": name, "Type": "STATEFUL"}


# Rule groups


def test_a_rule_group_is_described_as_it_was_created(firewall, group, name, of_group):
    response = group["RuleGroupResponse"]
    assert response["RuleGroupArn"] == f"arn:aws:network-firewall:{REGION}:{HUB}:stateful-rulegroup/{name}"
    assert (response["Capacity"], response["ConsumedCapacity"], response["NumberOfAssociations"]) == (10, 1, 0)
    assert (response["Type"], response["RuleGroupStatus"]) == ("STATEFUL", "ACTIVE")
    assert isinstance(response["LastModifiedTime"], datetime)
    described = firewall.describe_rule_group(**of_group)
    assert described["UpdateToken"] == group["UpdateToken"]
    assert described["RuleGroup"] == content()
    assert described["RuleGroupResponse"] == response


def test_the_metadata_of_a_rule_group_leave_its_rules_out(firewall, group, name, of_group):
    metadata = firewall.describe_rule_group_metadata(**of_group)
    assert metadata["RuleGroupArn"] == group["RuleGroupResponse"]["RuleGroupArn"]
    assert (metadata["RuleGroupName"], metadata["Description"]) == (name, "boto3's")
    assert (metadata["Type"], metadata["Capacity"], metadata["StatefulRuleOptions"]) == ("STATEFUL", 10, STRICT)
    assert isinstance(metadata["LastModifiedTime"], datetime)


@pytest.mark.parametrize(
    "source",
    [
        {
            "RulesSourceList": {
                "Targets": [".evil.example", "bad.example"],
                "TargetTypes": ["TLS_SNI", "HTTP_HOST"],
                "GeneratedRulesType": "DENYLIST",
            }
        },
        {
            "StatefulRules": [
                {
                    "Action": "DROP",
                    "Header": {
                        "Protocol": "TCP",
                        "Source": "10.0.0.0/8",
                        "SourcePort": "ANY",
                        "Direction": "FORWARD",
                        "Destination": "198.51.100.7",
                        "DestinationPort": "443",
                    },
                    "RuleOptions": [{"Keyword": "sid", "Settings": ["7"]}],
                }
            ]
        },
    ],
)
def test_domain_lists_and_five_tuples_come_back_as_they_were_sent(firewall, of_group, source):
    group = {"RulesSource": source, "StatefulRuleOptions": STRICT}
    tags = [{"Key": "team", "Value": "soc"}]
    created = firewall.create_rule_group(**of_group, Capacity=10, RuleGroup=group, Tags=tags)
    assert created["RuleGroupResponse"]["Tags"] == tags
    assert firewall.describe_rule_group(**of_group)["RuleGroup"] == group


def test_an_update_needs_the_latest_token_and_gives_the_next(firewall, group, of_group, refused):
    rules = content(RULES.replace("sid:1", "sid:2"))
    updated = firewall.update_rule_group(**of_group, UpdateToken=group["UpdateToken"], RuleGroup=rules)
    assert updated["UpdateToken"] != group["UpdateToken"]
    assert firewall.describe_rule_group(**of_group)["RuleGroup"] == rules
    stale = {"UpdateToken": group["UpdateToken"], "RuleGroup": content()}
    refused(firewall, "InvalidTokenException", "update_rule_group", **of_group, **stale)


def test_a_dry_run_changes_nothing(firewall, group, of_group):
    firewall.update_rule_group(**of_group, UpdateToken=group["UpdateToken"], RuleGroup=content("# none\n"), DryRun=True)
    described = firewall.describe_rule_group(**of_group)
    assert (described["UpdateToken"], described["RuleGroup"]) == (group["UpdateToken"], content())


def test_another_writer_in_between_is_a_token_conflict(firewall, group, of_group, fault, refused):
    fault("network-firewall.UpdateRuleGroup", "token-conflict")
    update = {"UpdateToken": group["UpdateToken"], "RuleGroup": content()}
    refused(firewall, "InvalidTokenException", "update_rule_group", **of_group, **update)


def test_an_update_that_breaks_the_group_is_refused(firewall, group, of_group, refused):
    update = {"UpdateToken": group["UpdateToken"], **of_group}
    refused(firewall, "InvalidRequestException", "update_rule_group", **update, RuleGroup=content("drop the mic\n"))
    refused(firewall, "InvalidRequestException", "update_rule_group", **update, Rules=RULES)
    many = "".join(RULES.replace("sid:1", f"sid:{number}") for number in range(1, 12))
    refused(firewall, "InvalidRequestException", "update_rule_group", **update, RuleGroup=content(many))


@pytest.mark.usefixtures("group")
def test_a_rule_group_that_cannot_be_is_refused(firewall, of_group, refused):
    whole = {**of_group, "Capacity": 10, "RuleGroup": content()}
    refused(firewall, "InvalidRequestException", "create_rule_group", **whole)
    other = whole | {"RuleGroupName": f"{of_group['RuleGroupName']}-other"}
    refused(firewall, "InvalidRequestException", "create_rule_group", **other, Rules=RULES)
    refused(firewall, "LimitExceededException", "create_rule_group", **other | {"Capacity": 30_001})


@pytest.mark.usefixtures("policy")
def test_a_rule_group_is_deleted_unless_a_policy_uses_it(firewall, of_group, refused):
    refused(firewall, "InvalidOperationException", "delete_rule_group", **of_group)
    free = of_group | {"RuleGroupName": f"{of_group['RuleGroupName']}-free"}
    firewall.create_rule_group(**free, Capacity=10, RuleGroup=content())
    assert firewall.delete_rule_group(**free)["RuleGroupResponse"]["RuleGroupStatus"] == "DELETING"
    refused(firewall, "ResourceNotFoundException", "describe_rule_group", **free)


def test_a_rule_group_that_is_not_there_is_refused(firewall, of_group, refused):
    for method in ("describe_rule_group", "describe_rule_group_metadata", "delete_rule_group"):
        refused(firewall, "ResourceNotFoundException", method, **of_group)
    token = "00000000-0000-0000-0000-000000000000"
    refused(firewall, "ResourceNotFoundException", "update_rule_group", **of_group, UpdateToken=token, Rules=RULES)


def test_another_accounts_rule_group_is_not_found(sandbox, group, refused):
    member = sandbox.client("network-firewall", account=MEMBER)
    arn = group["RuleGroupResponse"]["RuleGroupArn"]
    refused(member, "ResourceNotFoundException", "describe_rule_group", RuleGroupArn=arn)


# Policies


def test_a_policy_counts_what_it_uses_and_where_it_is_used(firewall, group, policy, name):
    response = policy["FirewallPolicyResponse"]
    assert (response["FirewallPolicyName"], response["FirewallPolicyStatus"]) == (name, "ACTIVE")
    assert (response["ConsumedStatefulRuleCapacity"], response["NumberOfAssociations"]) == (10, 0)
    assert isinstance(response["LastModifiedTime"], datetime)
    described = firewall.describe_firewall_policy(FirewallPolicyName=name)
    assert described["UpdateToken"] == policy["UpdateToken"]
    assert described["FirewallPolicy"] == policy_of(group["RuleGroupResponse"]["RuleGroupArn"])
    used = firewall.describe_rule_group(RuleGroupArn=group["RuleGroupResponse"]["RuleGroupArn"])
    assert used["RuleGroupResponse"]["NumberOfAssociations"] == 1


def test_a_policy_is_updated_under_its_token(firewall, policy, name, refused):
    update = {"FirewallPolicyName": name, "FirewallPolicy": policy_of()}
    updated = firewall.update_firewall_policy(**update, UpdateToken=policy["UpdateToken"])
    assert updated["UpdateToken"] != policy["UpdateToken"]
    assert updated["FirewallPolicyResponse"]["ConsumedStatefulRuleCapacity"] == 0
    stale = {"UpdateToken": policy["UpdateToken"]}
    refused(firewall, "InvalidTokenException", "update_firewall_policy", **update, **stale)


def test_a_policy_that_cannot_be_is_refused(firewall, policy, name, refused):
    nobody = f"arn:aws:network-firewall:{REGION}:{HUB}:stateful-rulegroup/nobody"
    create = {"FirewallPolicyName": f"{name}-other"}
    refused(firewall, "InvalidRequestException", "create_firewall_policy", **create, FirewallPolicy=policy_of(nobody))
    update = {"FirewallPolicyName": name, "UpdateToken": policy["UpdateToken"]}
    refused(firewall, "InvalidRequestException", "update_firewall_policy", **update, FirewallPolicy=policy_of(nobody))
    refused(firewall, "ResourceNotFoundException", "describe_firewall_policy", **create)


def test_a_policy_over_its_capacity_is_refused(firewall, policy, name, refused):
    groups = []
    for number in range(2):
        created = firewall.create_rule_group(
            RuleGroupName=f"{name}-{number}", Type="STATEFUL", Capacity=20_000, RuleGroup=content()
        )
        groups.append(created["RuleGroupResponse"]["RuleGroupArn"])
    over = policy_of(*groups)
    create = {"FirewallPolicyName": f"{name}-over", "FirewallPolicy": over}
    refused(firewall, "LimitExceededException", "create_firewall_policy", **create)
    update = {"FirewallPolicyName": name, "UpdateToken": policy["UpdateToken"], "FirewallPolicy": over}
    refused(firewall, "InvalidRequestException", "update_firewall_policy", **update)


# Firewalls


def test_a_firewall_shows_each_zone_and_what_it_runs(firewall):
    described = firewall.describe_firewall(FirewallName="falconer-egress")
    assert described["Firewall"]["FirewallArn"] == EGRESS
    status = described["FirewallStatus"]
    assert (status["Status"], status["ConfigurationSyncStateSummary"]) == ("READY", "IN_SYNC")
    assert status["SyncStates"].keys() == {f"{REGION}a", f"{REGION}b", f"{REGION}c"}
    group = firewall.describe_rule_group(RuleGroupName="falconer-block", Type="STATEFUL")
    for zone in status["SyncStates"].values():
        assert zone["Attachment"]["Status"] == "READY"
        shown = zone["Config"][group["RuleGroupResponse"]["RuleGroupArn"]]
        assert shown == {"SyncStatus": "IN_SYNC", "UpdateToken": group["UpdateToken"]}


def test_a_new_firewall_is_provisioned_zone_by_zone(firewall, policy, name):
    created = firewall.create_firewall(
        FirewallName=name,
        FirewallPolicyArn=policy["FirewallPolicyResponse"]["FirewallPolicyArn"],
        VpcId="vpc-0123456789abcdef0",
        SubnetMappings=[{"SubnetId": "subnet-0123456789abcdef0"}],
        Description="boto3's",
    )
    assert (created["Firewall"]["FirewallName"], created["FirewallStatus"]["Status"]) == (name, "PROVISIONING")
    firewalls = firewall.list_firewalls(VpcIds=["vpc-0123456789abcdef0"])["Firewalls"]
    assert firewalls == [{"FirewallName": name, "FirewallArn": created["Firewall"]["FirewallArn"]}]

    def is_ready():
        return firewall.describe_firewall(FirewallName=name)["FirewallStatus"]["Status"] == "READY"

    eventually(is_ready)


def test_a_firewall_that_cannot_be_is_refused(firewall, name, refused):
    nobody = f"arn:aws:network-firewall:{REGION}:{HUB}:firewall-policy/nobody"
    refused(firewall, "InvalidRequestException", "create_firewall", FirewallName=name, FirewallPolicyArn=nobody)
    refused(firewall, "ResourceNotFoundException", "describe_firewall", FirewallName=name)


@pytest.mark.parametrize(
    ("method", "member", "key"),
    [
        ("list_rule_groups", "RuleGroups", "Name"),
        ("list_firewall_policies", "FirewallPolicies", "Name"),
        ("list_firewalls", "Firewalls", "FirewallName"),
    ],
)
@pytest.mark.usefixtures("policy")
def test_lists_come_page_by_page(firewall, method, member, key):
    pages = list(firewall.get_paginator(method).paginate(PaginationConfig={"PageSize": 1}))
    names = [entry[key] for page in pages for entry in page[member]]
    assert len(pages) == len(names) == len(set(names))
    assert any(name.startswith("falconer-") for name in names)


@pytest.mark.parametrize("method", ["list_rule_groups", "list_firewall_policies", "list_firewalls"])
def test_an_invented_page_is_refused(firewall, refused, method):
    refused(firewall, "InvalidRequestException", method, NextToken="invented")


# Errors


@pytest.mark.parametrize(
    ("code", "wanted"),
    [("ThrottlingException", "throttle"), ("InternalServerError", "error:InternalServerError")],
)
def test_an_error_that_a_fault_asks_for_is_the_models(firewall, fault, refused, code, wanted):
    fault("network-firewall.ListFirewalls", wanted)
    refused(firewall, code, "list_firewalls")
