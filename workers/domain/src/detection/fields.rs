//! `ProductFields`: the event's own words, under the names of the Falcon Integration Gateway.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::event::Event;
use super::indicators::{ioc, is_zero};
use super::kind::Kind;
use super::limits::{self, Cut};

/// The names of ours, which all begin alike.
macro_rules! name {
    ($name:literal) => {
        concat!("crowdstrike/crowdstrike-falcon/", $name)
    };
}

/// The version of the Falcon Integration Gateway whose fields these are.
const FIG_VERSION: &str = "3.6.2";

/// The fields of an event, written straight from it.
pub(super) struct ProductFields<'a>(pub(super) &'a Event<'a>);

impl Serialize for ProductFields<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields { map: into.serialize_map(None)?, left: limits::PRODUCT_FIELDS };
        fields.put(name!("cid"), self.0.metadata.customer.get())?;
        fields.put(name!("FigVersion"), Some(FIG_VERSION))?;
        fields.put(name!("FalconerVersion"), Some(env!("CARGO_PKG_VERSION")))?;
        for (name, value) in self.of_all_events().into_iter().chain(self.of_kind()) {
            fields.put(name, value)?;
        }
        self.put_techniques(&mut fields)?;
        self.put_dns_requests(&mut fields)?;
        fields.map.end()
    }
}

impl ProductFields<'_> {
    /// What the Falcon Integration Gateway publishes of an event.
    fn of_all_events(&self) -> [(&'static str, Option<&str>); 17] {
        let event = &self.0.members;
        let (ioc_type, ioc_value) = ioc(self.0);
        let grandparent = event.grand_parent_image_file_name.get().or_else(|| event.grandparent_image_file_name.get());
        let grandparent_line = event.grand_parent_command_line.get().or_else(|| event.grandparent_command_line.get());
        [
            (name!("FileName"), event.file_name.get()),
            (name!("FilePath"), event.file_path.get()),
            (name!("SHA256String"), event.sha256.get().filter(|hash| !is_zero(hash))),
            (name!("SHA1String"), event.sha1.get().filter(|hash| !is_zero(hash))),
            (name!("MD5String"), event.md5.get().filter(|hash| !is_zero(hash))),
            (name!("CommandLine"), event.command_line.get()),
            (name!("ParentImageFileName"), event.parent_image_file_name.get()),
            (name!("ParentCommandLine"), event.parent_command_line.get()),
            (name!("GrandParentImageFileName"), grandparent),
            (name!("GrandParentCommandLine"), grandparent_line),
            (name!("IOCType"), ioc_type),
            (name!("IOCValue"), ioc_value),
            (name!("AssociatedFile"), event.associated_file.get()),
            (name!("PatternDispositionDescription"), event.pattern_disposition_description.get()),
            (name!("Tactic"), event.tactic.get()),
            (name!("Technique"), event.technique.get()),
            (name!("Objective"), event.objective.get()),
        ]
    }

    /// What says the most in events that the Falcon Integration Gateway does not publish.
    fn of_kind(&self) -> Vec<(&'static str, Option<&str>)> {
        let event = &self.0.members;
        match self.0.kind() {
            Kind::Idp => vec![
                (name!("SourceAccountName"), event.source_account_name.get()),
                (name!("SourceEndpointHostName"), event.source_endpoint_host_name.get()),
                (name!("SourceEndpointIpAddress"), event.source_endpoint_ip_address.get()),
            ],
            Kind::CloudIoa => vec![
                (name!("PolicyId"), event.policy_id.get()),
                (name!("PolicyStatement"), event.policy_statement.get()),
                (name!("CloudProvider"), event.cloud_provider.get()),
                (name!("CloudService"), event.cloud_service.get()),
                (name!("EventAction"), event.event_action.get()),
                (name!("EventSource"), event.event_source.get()),
                (name!("UserName"), event.user_name.get()),
                (name!("UserSourceIp"), event.user_source_ip.get()),
            ],
            _ => Vec::new(),
        }
    }

    fn put_techniques<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        for (number, technique) in self.0.members.mitre_attack.iter().enumerate() {
            for (name, value) in [
                ("Tactic", &technique.tactic),
                ("TacticID", &technique.tactic_id),
                ("Technique", &technique.technique),
                ("TechniqueID", &technique.technique_id),
                ("PatternID", &technique.pattern_id),
            ] {
                fields.put(&format!("{}{number}/{name}", name!("MitreAttack/")), value.get())?;
            }
        }
        Ok(())
    }

    /// Not all that is asked for is bad, so that none of it stands where it would be taken for an indicator.
    fn put_dns_requests<M: SerializeMap>(&self, fields: &mut Fields<M>) -> Result<(), M::Error> {
        for (number, request) in self.0.members.dns_requests.iter().enumerate() {
            for (name, value) in [("DomainName", &request.domain_name), ("RequestType", &request.request_type)] {
                fields.put(&format!("{}{number}/{name}", name!("DnsRequests/")), value.get())?;
            }
        }
        Ok(())
    }
}

/// Fields, as many as a finding may have.
struct Fields<M> {
    map: M,
    left: usize,
}

impl<M: SerializeMap> Fields<M> {
    fn put(&mut self, name: &str, value: Option<&str>) -> Result<(), M::Error> {
        let (Some(value), Some(left)) = (value, self.left.checked_sub(1)) else { return Ok(()) };
        self.left = left;
        self.map.serialize_entry(name, &Cut(value, limits::PRODUCT_FIELD))
    }
}
