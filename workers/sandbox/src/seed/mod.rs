//! The small organization that every sandbox begins with.

mod instances;
pub(crate) mod member;

use std::net::{IpAddr, Ipv4Addr};

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::config::Setup;
use crate::falcon::{ApiClient, CUSTOMER, Scope};
use crate::network_firewall::Flow;
use crate::service::Service;
use crate::services::Services;
use crate::wire::{Call, Caller};

pub(crate) const MEMBERS: [&str; 2] = ["444455556666", "777788889999"];

/// The firewall was not made a moment ago: its zones are in sync, and its flows have been open for some time.
const AGE: SignedDuration = SignedDuration::from_hours(24);

/// A rule that somebody else wrote into the block group: whoever changes the group must keep it.
const FOREIGN_RULES: &str = "# Kept by the network team: legacy telnet stays out.\n\
    drop tcp $HOME_NET any -> $EXTERNAL_NET 23 (msg:\"network team: no telnet\"; flow:to_server; sid:100; rev:1;)\n";

/// Custom action id, name (20 characters at most) and description.
const CUSTOM_ACTIONS: [(&str, &str, &str); 3] = [
    ("falconerBlock", "Falconer: block", "Blocks the indicators of the finding in the firewall"),
    ("falconerRelease", "Falconer: release", "Takes the finding's blocks back"),
    ("falconerInstall", "Falconer: install", "Installs the Falcon sensor on the finding's instance"),
];

/// Where the runbooks tell people what happened, and what waits for them.
pub(crate) const TOPIC: &str = "falconer-notifications";

/// Whether Falconer may act by itself.
const SWITCH: &str = "/falconer/automatic";

/// Who may ask the Falcon cloud for tokens, all made up and as long as real ones are: one for what the workers ask, and one
/// whose tokens go to the hosts that install a sensor.
pub(crate) const API_CLIENTS: [ApiClient; 2] = [
    ApiClient {
        id: "0000000000000000000000000sandbox",
        secret: "NotASecretNotASecretNotASecretNotASecret",
        scopes: &[
            Scope::AlertsRead,
            Scope::CloudRegistrationRead,
            Scope::CloudRegistrationWrite,
            Scope::CspmRegistrationRead,
            Scope::CspmRegistrationWrite,
            Scope::EventStreamsRead,
            Scope::HostsRead,
            Scope::IndicatorsRead,
            Scope::UpdatePoliciesRead,
            Scope::UpdatePoliciesWrite,
        ],
    },
    ApiClient {
        id: "0000000000000000000000000install",
        secret: "NotAnInstallSecretNotAnInstallSecretNotA",
        scopes: &[Scope::InstallationTokensRead, Scope::SensorDownloadRead],
    },
];

/// Where each API client's id and secret stand in the hub.
const FALCON_SECRETS: [&str; 2] = ["falconer/falcon", "falconer/falcon-install"];

/// The hub's aggregator of the whole organization's items, and the role with which it reads which accounts there are.
const AGGREGATOR: &str = "falconer";
const AGGREGATOR_ROLE: &str = "role/falconer-aggregator";

/// The hub's event bus on which members put what is meant for the hub.
const BUS: &str = "falconer";

/// The custom rule of every account.
pub(crate) const SENSOR_RULE: &str = "falconer-sensor";

/// Fills the services through their own operations, so that nothing is seeded that they would refuse.
pub(crate) fn fill(services: &Services) {
    let now = services.clock.now();
    instances::instances(&services.organization, now).into_iter().for_each(|instance| services.fleet.put(instance));
    member::enable_security_hub(services, &services.organization.hub);
    for account in services.organization.members() {
        member::put_role(services, &account, None, now);
        member::join_security_hub(services, &account);
    }
    let hub = &services.organization.hub;
    for (id, name, description) in CUSTOM_ACTIONS {
        let input = json!({ "Id": id, "Name": name, "Description": description });
        call(services, hub, Service::SecurityHub, "CreateActionTarget", input);
    }
    call(services, hub, Service::EventBridge, "CreateEventBus", json!({ "Name": BUS }));
    call(services, hub, Service::Sns, "CreateTopic", json!({ "Name": TOPIC }));
    let switch = json!({ "Name": SWITCH, "Type": "String", "Value": r#"{"automatic":"on"}"# });
    call(services, hub, Service::SystemsManager, "PutParameter", switch);
    for (name, client) in FALCON_SECRETS.into_iter().zip(&API_CLIENTS) {
        let input = json!({
            "Name": name,
            "ClientRequestToken": services.identifiers.uuid(),
            "SecretString": api_client(client, "").to_string(),
        });
        call(services, hub, Service::SecretsManager, "CreateSecret", input);
    }
    for alert in alerts() {
        if let Err(problem) = services.falcon.raise(alert) {
            tracing::error!(problem, "the seed was refused");
        }
    }
    config(services);
    firewall(services);
    for flow in flows(&services.organization.region) {
        services.network_firewall.open_flow(flow);
    }
    services.network_firewall.backdate(AGE);
}

/// Writes into the API clients' secrets which cloud they are for.
pub(crate) fn name_cloud(services: &Services, url: &str) {
    for (name, client) in FALCON_SECRETS.into_iter().zip(&API_CLIENTS) {
        let input = json!({
            "SecretId": name,
            "ClientRequestToken": services.identifiers.uuid(),
            "SecretString": api_client(client, url).to_string(),
        });
        call(services, &services.organization.hub, Service::SecretsManager, "PutSecretValue", input);
    }
}

fn api_client(client: &ApiClient, cloud: &str) -> Value {
    json!({ "clientId": client.id, "clientSecret": client.secret, "cloud": cloud })
}

/// One alert on a domain, with the resolver that was asked for it, and one on an address.
fn alerts() -> [Value; 2] {
    const SENSOR: &str = "00000000000000000000000000005e45";
    let alert = |number: u32, ioc_type: &str, ioc_value: &str| {
        json!({
            "cid": CUSTOMER,
            "composite_id": format!("{CUSTOMER}:ind:{SENSOR}:{number}-41002-1"),
            "agent_id": SENSOR,
            "device": { "device_id": SENSOR, "hostname": "web-1", "instance_id": "i-0f1a2b3c4d5e6f701" },
            "severity": 70,
            "severity_name": "High",
            "ioc_type": ioc_type,
            "ioc_value": ioc_value,
            "ioc_context": [{ "ioc_type": ioc_type, "ioc_value": ioc_value, "ioc_source": "network" }],
            "product": "epp",
            "status": "new",
            "type": "ldt",
        })
    };
    let mut domain = alert(1, "domain", "evil.example");
    domain["dns_requests"] = json!([{ "domain_name": "evil.example", "request_type": "A" }]);
    domain["network_accesses"] = json!([{ "remote_address": "10.0.0.2", "remote_port": "53", "protocol": "UDP" }]);
    [domain, alert(2, "ipv4", "198.51.100.7")]
}

fn config(services: &Services) {
    let organization = &services.organization;
    let role = organization.arn("iam", "", &organization.hub, AGGREGATOR_ROLE);
    let aggregator = json!({
        "ConfigurationAggregatorName": AGGREGATOR,
        "OrganizationAggregationSource": { "RoleArn": role, "AllAwsRegions": true },
    });
    call(services, &organization.hub, Service::Config, "PutConfigurationAggregator", aggregator);
    // One function in the hub serves the rules of all accounts.
    let function = organization.arn("lambda", &organization.region, &organization.hub, "function:falconer-sensor");
    let message = |message_type: &str| json!({ "EventSource": "aws.config", "MessageType": message_type });
    let mut scheduled = message("ScheduledNotification");
    scheduled["MaximumExecutionFrequency"] = "TwentyFour_Hours".into();
    let changed = message("ConfigurationItemChangeNotification");
    let oversized = message("OversizedConfigurationItemChangeNotification");
    let rule = json!({
        "ConfigRuleName": SENSOR_RULE,
        "Description": "Every EC2 instance runs a healthy Falcon sensor",
        "Scope": { "ComplianceResourceTypes": ["AWS::EC2::Instance"] },
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": function,
            "SourceDetails": [scheduled, changed, oversized],
        },
    });
    for account in organization.accounts() {
        services.config.set_up(&account, Setup::Recording);
        call(services, &account, Service::Config, "PutConfigRule", json!({ "ConfigRule": rule }));
    }
}

fn firewall(services: &Services) {
    let create =
        |operation, input| call(services, &services.organization.hub, Service::NetworkFirewall, operation, input);
    let hunt_rules = "# Filled by refresh-hunt-list.\n";
    let groups = [("falconer-block", FOREIGN_RULES), ("falconer-hunt", hunt_rules)].map(|(name, rules)| {
        let input = json!({
            "RuleGroupName": name,
            "Type": "STATEFUL",
            "Capacity": 10_000,
            "RuleGroup": {
                "RuleVariables": { "IPSets": { "HOME_NET": { "Definition": ["10.0.0.0/8"] } } },
                "RulesSource": { "RulesString": rules },
                "StatefulRuleOptions": { "RuleOrder": "STRICT_ORDER" },
            },
        });
        create("CreateRuleGroup", input)["RuleGroupResponse"]["RuleGroupArn"].clone()
    });
    let [block, hunt] = groups;
    let policy = json!({
        "FirewallPolicyName": "falconer-egress",
        "FirewallPolicy": {
            "StatelessDefaultActions": ["aws:forward_to_sfe"],
            "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "StatefulRuleGroupReferences": [
                { "ResourceArn": block, "Priority": 100 },
                { "ResourceArn": hunt, "Priority": 200 },
            ],
            "StatefulEngineOptions": { "RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "DROP" },
        },
    });
    let policy = create("CreateFirewallPolicy", policy);
    let subnets = ["0a", "0b", "0c"].map(|end| json!({ "SubnetId": format!("subnet-0f1a2b3c4d5e6f7{end}") }));
    create(
        "CreateFirewall",
        json!({
            "FirewallName": "falconer-egress",
            "FirewallPolicyArn": policy["FirewallPolicyResponse"]["FirewallPolicyArn"],
            "VpcId": "vpc-0f1a2b3c4d5e6f708",
            "SubnetMappings": subnets,
        }),
    );
}

/// Connections to documentation addresses, one in each zone, and one that no runbook has a reason to cut.
fn flows(region: &str) -> Vec<Flow> {
    let flow = |host: u8, source_port: u16, destination: [u8; 4], zone: char| Flow {
        source: IpAddr::from(Ipv4Addr::new(10, 0, host, 23)),
        source_port,
        destination: IpAddr::from(destination),
        destination_port: 443,
        protocol: 6,
        zone: format!("{region}{zone}"),
    };
    vec![
        flow(1, 49_152, [198, 51, 100, 7], 'a'),
        flow(2, 49_153, [198, 51, 100, 7], 'b'),
        flow(3, 49_154, [203, 0, 113, 9], 'c'),
        flow(1, 49_155, [192, 0, 2, 80], 'a'),
    ]
}

fn call(services: &Services, account: &str, service: Service, operation: &str, input: Value) -> Value {
    let region = services.organization.region.clone();
    let arn = services.organization.arn("iam", "", account, "user/sandbox");
    let caller = Caller { account: account.to_owned(), region, arn };
    let call = Call { caller, operation: operation.to_owned(), input };
    let answer = match service {
        Service::NetworkFirewall => services.network_firewall.call(&call),
        Service::Sns => services.sns.call(&call),
        Service::SystemsManager => services.systems_manager.call(&call),
        Service::SecretsManager => services.secrets_manager.call(&call),
        Service::Config => services.config.call(&call),
        Service::EventBridge => services.events.call(&call),
        _ => services.security_hub.call(&call),
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(operation, code = error.code, message = error.message, "the seed was refused");
        Value::Null
    })
}
