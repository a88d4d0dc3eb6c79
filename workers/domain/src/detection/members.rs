//! The members of an event that are read.
//!
//! As CrowdStrike's integrations show them: <https://www.elastic.co/docs/reference/integrations/crowdstrike> and
//! <https://github.com/CrowdStrike/falcon-integration-gateway>. Every member may be missing, and may be of any type.

use serde::Deserialize;

use super::loose::{Entries, Text};

/// DNS requests, and techniques of MITRE ATT&CK, of which the Falcon Integration Gateway publishes five.
const MOST_ENTRIES: usize = 5;

/// `metadata`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata<'a> {
    #[serde(borrow, rename = "customerIDString")]
    pub(super) customer: Text<'a>,
    #[serde(borrow)]
    pub(super) offset: Text<'a>,
    #[serde(borrow)]
    pub(super) event_type: Text<'a>,
    #[serde(borrow)]
    pub(super) event_creation_time: Text<'a>,
}

macro_rules! members {
    ($($(#[$attribute:meta])* $name:ident: $type:ty),* $(,)?) => {
        /// `event`.
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub(super) struct Members<'a> {
            $(#[serde(borrow)] $(#[$attribute])* pub(super) $name: $type,)*
        }
    };
}

members! {
    // What names it.
    detect_id: Text<'a>,
    composite_id: Text<'a>,
    detect_name: Text<'a>,
    name: Text<'a>,
    detect_description: Text<'a>,
    description: Text<'a>,
    severity: Text<'a>,
    severity_name: Text<'a>,
    falcon_host_link: Text<'a>,

    // Where it happened.
    sensor_id: Text<'a>,
    agent_id: Text<'a>,
    agent_id_string: Text<'a>,
    device_id: Text<'a>,
    computer_name: Text<'a>,
    hostname: Text<'a>,
    #[serde(rename = "LocalIP")] local_ip: Text<'a>,
    #[serde(rename = "MACAddress")] mac_address: Text<'a>,

    // What ran there.
    process_id: Text<'a>,
    file_name: Text<'a>,
    file_path: Text<'a>,
    #[serde(rename = "SHA256String")] sha256: Text<'a>,
    #[serde(rename = "SHA1String")] sha1: Text<'a>,
    #[serde(rename = "MD5String")] md5: Text<'a>,
    command_line: Text<'a>,
    parent_image_file_name: Text<'a>,
    parent_command_line: Text<'a>,
    #[serde(rename = "GrandParentImageFileName")] grand_parent_image_file_name: Text<'a>,
    #[serde(rename = "GrandparentImageFileName")] grandparent_image_file_name: Text<'a>,
    #[serde(rename = "GrandParentCommandLine")] grand_parent_command_line: Text<'a>,
    #[serde(rename = "GrandparentCommandLine")] grandparent_command_line: Text<'a>,
    associated_file: Text<'a>,
    pattern_disposition_description: Text<'a>,

    // What it is.
    #[serde(rename = "IOCType")] ioc_type: Text<'a>,
    #[serde(rename = "IOCValue")] ioc_value: Text<'a>,
    tactic: Text<'a>,
    technique: Text<'a>,
    objective: Text<'a>,
    mitre_attack: Entries<Technique<'a>, MOST_ENTRIES>,

    // What went over the network.
    network_accesses: Entries<Connection<'a>, 1>,
    mobile_network_connections: Entries<Connection<'a>, 1>,
    dns_requests: Entries<DnsRequest<'a>, MOST_ENTRIES>,

    // A CustomerIOCEvent's indicator: exactly one of these, or a hash.
    domain_name: Text<'a>,
    #[serde(rename = "IPv4")] ipv4: Text<'a>,
    #[serde(rename = "IPv6")] ipv6: Text<'a>,

    // An IdpDetectionSummaryEvent's.
    source_account_name: Text<'a>,
    source_endpoint_host_name: Text<'a>,
    source_endpoint_ip_address: Text<'a>,

    // A CSPMIOAStreamingEvent's.
    account_id: Text<'a>,
    policy_id: Text<'a>,
    policy_statement: Text<'a>,
    cloud_provider: Text<'a>,
    cloud_service: Text<'a>,
    event_action: Text<'a>,
    event_source: Text<'a>,
    user_name: Text<'a>,
    user_source_ip: Text<'a>,
}

/// One of `MitreAttack`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Technique<'a> {
    #[serde(borrow)]
    pub(super) tactic: Text<'a>,
    #[serde(borrow, rename = "TacticID")]
    pub(super) tactic_id: Text<'a>,
    #[serde(borrow)]
    pub(super) technique: Text<'a>,
    #[serde(borrow, rename = "TechniqueID")]
    pub(super) technique_id: Text<'a>,
    #[serde(borrow, rename = "PatternID")]
    pub(super) pattern_id: Text<'a>,
}

/// One of `NetworkAccesses` or `MobileNetworkConnections`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Connection<'a> {
    #[serde(borrow)]
    pub(super) connection_direction: Text<'a>,
    #[serde(borrow)]
    pub(super) protocol: Text<'a>,
    #[serde(borrow)]
    pub(super) local_address: Text<'a>,
    #[serde(borrow)]
    pub(super) local_port: Text<'a>,
    #[serde(borrow)]
    pub(super) remote_address: Text<'a>,
    #[serde(borrow)]
    pub(super) remote_port: Text<'a>,
}

/// One of `DnsRequests`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct DnsRequest<'a> {
    #[serde(borrow)]
    pub(super) domain_name: Text<'a>,
    #[serde(borrow)]
    pub(super) request_type: Text<'a>,
}
