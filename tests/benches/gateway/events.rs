//! Events of about 4 KB, as Falcon sends them: most of one is command lines, parents, and what was done about it.

use serde_json::{Value, json};

/// The device of a number: 32 hexadecimal digits.
pub(crate) fn device(number: u64) -> String {
    format!("{number:032x}")
}

/// A detection in which `{n}` stands for its number, and `{device}` for its device. Of one device, each has the same id: a million
/// events are then no more findings than there are devices.
pub(crate) fn template(id: &str) -> Value {
    let arguments = "--configuration=/opt/shop/etc/service.toml --listen=127.0.0.1:8443 --workers=16 ".repeat(6);
    json!({
        "metadata": { "customerIDString": "0c1d0c1d0c1d0c1d0c1d0c1d0c1d0c1d", "eventType": "EppDetectionSummaryEvent", "version": "1.0" },
        "event": {
            "ProcessStartTime": 1_768_471_100, "ProcessEndTime": 0, "ProcessId": 43_009_301_133_u64, "ParentProcessId": 25_841_449_898_u64,
            "Hostname": "shop-{n}.example", "UserName": "www", "Name": "Intel Detection",
            "Description": "A domain lookup matched a CrowdStrike Intelligence indicator that has previously been used in targeted attacks.",
            "Severity": 70, "SeverityName": "High",
            "FileName": "service", "FilePath": "/opt/shop/bin/service", "CommandLine": format!("/opt/shop/bin/service {arguments}"),
            "SHA256String": "aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03aa03",
            "MD5String": "bb03bb03bb03bb03bb03bb03bb03bb03", "SHA1String": "cc03cc03cc03cc03cc03cc03cc03cc03cc03cc03",
            "LogonDomain": "SHOP", "AgentId": "{device}", "CompositeId": id,
            "FalconHostLink": "https://falcon.example/activity-v2/detections/0c1d:ind:{device}:{n}?_cid=0c1d",
            "IOCType": "domain", "IOCValue": "bad-{n}.example", "LocalIP": "10.1.2.3", "MACAddress": "02:00:00:00:00:01",
            "Tactic": "Falcon Intel", "Technique": "Intelligence Indicator - Domain", "Objective": "Falcon Detection Method",
            "PatternDispositionDescription": "Prevention, process was blocked from execution.", "PatternDispositionValue": 2048,
            "PatternDispositionFlags": {
                "Indicator": false, "Detect": false, "InddetMask": false, "SensorOnly": false, "Rooting": false, "KillProcess": false,
                "KillSubProcess": false, "QuarantineMachine": false, "QuarantineFile": false, "PolicyDisabled": false,
                "KillParent": false, "OperationBlocked": false, "ProcessBlocked": true, "RegistryOperationBlocked": false,
                "CriticalProcessDisabled": false, "BootupSafeguardEnabled": false, "FsOperationBlocked": false,
                "HandleOperationDowngraded": false, "KillActionFailed": false, "BlockingUnsupportedOrDisabled": false,
                "SuspendProcess": false, "SuspendParent": false,
            },
            "NetworkAccesses": [{
                "AccessType": 0, "AccessTimestamp": 1_768_471_101, "Protocol": "UDP", "LocalAddress": "10.1.2.3", "LocalPort": 58_214,
                "RemoteAddress": "192.0.2.53", "RemotePort": 53, "ConnectionDirection": 0, "IsIPV6": false,
            }],
            "DnsRequests": [{ "DomainName": "bad-{n}.example", "RequestType": "A", "LoadTime": 1_768_471_101, "InterfaceIndex": 0 }],
            "MitreAttack": [{
                "Tactic": "Falcon Intel", "TacticID": "CSTA0008", "Technique": "Intelligence Indicator - Domain",
                "TechniqueID": "CST0023", "PatternID": 41_002,
            }],
            "ParentImageFileName": "supervisor", "ParentCommandLine": format!("/usr/bin/supervisor {arguments}"),
            "GrandParentImageFileName": "init", "GrandParentCommandLine": "/sbin/init",
            "HostGroups": "ba7f8041fd6c47dcae4cff3194861088,c8d1292a8a904216aa25ab728f4b45fd",
            "AssociatedFile": "/opt/shop/bin/service", "PatternId": 41_002, "SourceVendors": "CrowdStrike",
            "SourceProducts": "Falcon Insight", "DataDomains": "Endpoint", "AggregateId": "aggind:{device}:21483417902", "Type": "ldt",
            "ParentImageFilePath": "/usr/bin/supervisor", "GrandParentImageFilePath": "/sbin/init", "LocalIPv6": "",
        },
    })
}

/// What Falcon knows of a device, which is an instance of this account.
pub(crate) fn host(number: u64, account: &str) -> Value {
    json!({
        "device_id": device(number), "instance_id": format!("i-{number:017x}"), "service_provider": "AWS_EC2_V2",
        "service_provider_account_id": account, "zone_group": "us-east-1a", "hostname": format!("shop-{number}.example"),
        "platform_name": "Linux", "os_version": "Amazon Linux 2023", "agent_version": "7.19.18110.0",
        "external_ip": "203.0.113.7", "local_ip": "10.1.2.3", "mac_address": "02-00-00-00-00-01",
    })
}
