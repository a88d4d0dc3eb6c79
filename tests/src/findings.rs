//! Findings as the products write them, with values of our own.

use serde_json::{Value, json};

/// The ProductArn of the Falcon Integration Gateway.
pub const FALCON: &str = "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon";
/// The ProductArn of GuardDuty.
pub const GUARDDUTY: &str = "arn:aws:securityhub:us-east-1::product/aws/guardduty";
/// The product's uid of GuardDuty in the new Security Hub.
pub const GUARDDUTY_V2: &str = "arn:aws:securityhub:us-east-1::productv2/aws/guardduty";
/// The ProductArn under which everybody may import.
pub const DEFAULT: &str = "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default";

/// A CrowdStrike finding with this IOCType and IOCValue. Its Network names the DNS resolver, as a real one does.
pub fn falcon(id: &str, ioc_type: &str, ioc_value: &str) -> Value {
    let mut finding = finding(id, FALCON);
    finding["Network"] = json!({ "Direction": "OUT", "DestinationIpV4": "10.0.0.2", "DestinationPort": 53 });
    finding["ProductFields"] = json!({
        "crowdstrike/crowdstrike-falcon/IOCType": ioc_type,
        "crowdstrike/crowdstrike-falcon/IOCValue": ioc_value,
    });
    finding
}

/// A GuardDuty finding about a connection, with an Action object.
pub fn guardduty_connection(id: &str, address: &str) -> Value {
    let mut finding = finding(id, GUARDDUTY);
    finding["Action"] = json!({
        "ActionType": "NETWORK_CONNECTION",
        "NetworkConnectionAction": {
            "ConnectionDirection": "OUTBOUND", "Protocol": "TCP", "Blocked": false,
            "RemoteIpDetails": { "IpAddressV4": address },
        },
    });
    finding
}

/// The same without an Action: only ProductFields tell.
pub fn guardduty_connection_in_product_fields(id: &str, address: &str) -> Value {
    let mut finding = finding(id, GUARDDUTY);
    finding["ProductFields"] = json!({
        "aws/guardduty/service/action/actionType": "NETWORK_CONNECTION",
        "aws/guardduty/service/action/networkConnectionAction/remoteIpDetails/ipAddressV4": address,
        "aws/guardduty/service/action/networkConnectionAction/localIpDetails/ipAddressV4": "10.0.1.23",
    });
    finding
}

/// A GuardDuty finding about a DNS request, with an Action object.
pub fn guardduty_dns(id: &str, domain: &str) -> Value {
    let mut finding = finding(id, GUARDDUTY);
    finding["Action"] = json!({
        "ActionType": "DNS_REQUEST",
        "DnsRequestAction": { "Domain": domain, "Protocol": "UDP", "Blocked": false },
    });
    finding
}

/// A GuardDuty finding about a port probe from several addresses.
pub fn guardduty_port_probe(id: &str, addresses: &[&str]) -> Value {
    let details: Vec<Value> =
        addresses.iter().map(|address| json!({ "RemoteIpDetails": { "IpAddressV4": address } })).collect();
    let mut finding = finding(id, GUARDDUTY);
    finding["Action"] = json!({
        "ActionType": "PORT_PROBE",
        "PortProbeAction": { "Blocked": false, "PortProbeDetails": details },
    });
    finding
}

/// A finding of the default product with threat intelligence indicators of these types and values.
pub fn threat_intel(id: &str, indicators: &[(&str, &str)]) -> Value {
    let indicators: Vec<Value> =
        indicators.iter().map(|(kind, value)| json!({ "Type": kind, "Value": value })).collect();
    let mut finding = finding(id, DEFAULT);
    finding["ThreatIntelIndicators"] = json!(indicators);
    finding
}

/// A GuardDuty finding about a connection in OCSF, of the new Security Hub.
pub fn ocsf_connection(uid: &str, address: &str) -> Value {
    json!({
        "class_uid": 2004,
        "activity_id": 1,
        "severity": "High",
        "severity_id": 4,
        "status": "New",
        "status_id": 1,
        "cloud": { "account": { "uid": "111122223333" }, "region": "us-east-1" },
        "finding_info": { "uid": format!("arn:{uid}"), "types": ["Backdoor:EC2/C&CActivity.B"] },
        "metadata": { "uid": uid, "product": { "uid": GUARDDUTY_V2 } },
        "evidences": [{
            "connection_info": { "direction_id": 2 },
            "src_endpoint": { "ip": "10.0.1.23" },
            "dst_endpoint": { "ip": address },
        }],
    })
}

/// The event that the new Security Hub sends of a finding in OCSF.
pub fn imported_v2(finding: &Value) -> Value {
    json!({
        "source": "aws.securityhub",
        "detail-type": "Findings Imported V2",
        "detail": { "findings": [finding] },
    })
}

/// A finding that says nothing but what every finding must.
pub fn finding(id: &str, product_arn: &str) -> Value {
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": id,
        "ProductArn": product_arn,
        "GeneratorId": "generator",
        "AwsAccountId": "111122223333",
        "Types": ["TTPs/Command and Control"],
        "CreatedAt": "2026-01-15T09:00:00Z",
        "UpdatedAt": "2026-01-15T09:00:00Z",
        "Severity": { "Label": "HIGH" },
        "Title": "A title",
        "Description": "A description",
        "Resources": [{ "Type": "AwsEc2Instance", "Id": "i-0123456789abcdef0", "Region": "us-east-1" }],
        "RecordState": "ACTIVE",
        "Workflow": { "Status": "NEW" },
    })
}
