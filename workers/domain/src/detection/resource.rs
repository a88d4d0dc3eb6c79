//! `Resources`: what a finding is about. Always one.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::event::Event;
use super::host::{Cloud, Host};
use super::kind::Kind;
use super::limits::{self, Cut, cut};
use super::loose::present;
use crate::place::{AccountId, Place, Region};

/// One resource (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Resource.html>).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Resource<'a> {
    r#type: &'static str,
    id: Cow<'a, str>,
    region: Cow<'a, Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details<'a>>,
    /// What stands behind "Falcon Alert. " in the title.
    #[serde(skip)]
    called: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Details<'a> {
    other: Other<'a>,
}

/// What is known of a host, written straight from where it is known.
#[derive(Clone, Copy)]
struct Other<'a> {
    event: &'a Event<'a>,
    host: Option<&'a Host>,
}

impl<'a> Resource<'a> {
    /// The instance, the host or the account that an event with this id is about.
    pub(super) fn of(event: &'a Event<'a>, host: Option<&'a Host>, at: &'a Place, event_id: &str) -> Self {
        if event.kind() == Kind::CloudIoa {
            return Self::account(event, at, event_id);
        }
        match host.filter(|host| host.cloud() == Cloud::Aws) {
            Some(host) => Self::instance(host, at, event_id),
            None => Self::host(event, host, at, event_id),
        }
    }

    /// What stands behind "Falcon Alert. " in the title.
    pub(super) fn called(&self) -> &str {
        &self.called
    }

    /// By its bare id, which is no ARN, and without details, as in the Falcon Integration Gateway.
    fn instance(host: &'a Host, at: &'a Place, event_id: &str) -> Self {
        let id = id(host.instance.as_deref(), event_id);
        let region = host.aws_region().map_or(Cow::Borrowed(&at.region), Cow::Owned);
        Self { r#type: "AwsEc2Instance", called: format!("Instance: {id}"), id, region, details: None }
    }

    fn host(event: &'a Event<'a>, host: Option<&'a Host>, at: &'a Place, event_id: &str) -> Self {
        let members = &event.members;
        let name = [&members.computer_name, &members.hostname, &members.source_endpoint_host_name];
        let name = || name.into_iter().find_map(|name| name.get());
        let id = id(event.device().or_else(name), event_id);
        let called = match host.and_then(|host| present(host.provider.as_deref())) {
            Some(provider) => format!("{provider} Host: {id}"),
            None => format!("Host: {id}"),
        };
        let other = Other { event, host };
        let details = other.entries().next().is_some().then_some(Details { other });
        Self { r#type: "Other", id, region: Cow::Borrowed(&at.region), details, called }
    }

    /// As Security Hub's own findings name an account:
    /// <https://docs.aws.amazon.com/securityhub/latest/userguide/account-controls.html>.
    fn account(event: &'a Event<'a>, at: &'a Place, event_id: &str) -> Self {
        let members = &event.members;
        let region = Cow::Borrowed(&at.region);
        let is_aws = Cloud::of(members.cloud_provider.get()) == Cloud::Aws;
        let account: Option<AccountId> = members.account_id.get().filter(|_| is_aws).and_then(|id| id.parse().ok());
        if let Some(account) = account {
            let (id, called) = (format!("AWS::::Account:{account}").into(), format!("Account: {account}"));
            return Self { r#type: "AwsAccount", id, region, details: None, called };
        }
        let id = id(members.account_id.get(), event_id);
        Self { r#type: "Other", called: format!("Account: {id}"), id, region, details: None }
    }
}

fn id<'a>(known: Option<&'a str>, event_id: &str) -> Cow<'a, str> {
    match present(known) {
        Some(id) => cut(id, limits::RESOURCE_ID),
        None => cut(format!("UnknownInstanceId:{event_id}"), limits::RESOURCE_ID),
    }
}

impl<'a> Other<'a> {
    /// What Falcon knows of the host; of one that it does not know, what the event says.
    fn entries(self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        let members = &self.event.members;
        let said = [
            ("Hostname", members.computer_name.get().or_else(|| members.hostname.get())),
            ("AID", self.event.device()),
            ("LocalIP", members.local_ip.get()),
            ("MACAddress", members.mac_address.get()),
        ];
        let said = said.into_iter().filter(move |_| self.host.is_none());
        let known = self.host.into_iter().flat_map(Self::known);
        let texts = said.chain(known).filter_map(|(name, text)| Some((name, Cow::Borrowed(present(text)?))));
        texts.chain(self.host.into_iter().flat_map(Self::listed))
    }

    fn known(host: &Host) -> [(&'static str, Option<&str>); 14] {
        [
            ("Hostname", host.hostname.as_deref()),
            ("AID", host.device.as_deref()),
            ("Platform", host.platform.as_deref()),
            ("ExternalIP", host.external_ip.as_deref()),
            ("LocalIP", host.local_ip.as_deref()),
            ("MACAddress", host.mac_address.as_deref()),
            ("Domain", host.domain.as_deref()),
            ("AgentVersion", host.sensor_version.as_deref()),
            ("LastSeenTimestamp", host.last_seen.as_deref()),
            ("OSVersion", host.os_version.as_deref()),
            ("SiteName", host.site.as_deref()),
            ("CloudProvider", host.provider.as_deref()),
            ("CloudAccountId", host.account.as_deref()),
            ("InstanceId", host.instance.as_deref()),
        ]
    }

    fn listed(host: &Host) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let lists = [("DeviceTags", &host.tags), ("OrganizationalUnit", &host.organizational_units)];
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, list.join(", ").into()))
    }
}

impl Serialize for Other<'_> {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        let mut map = into.serialize_map(None)?;
        for (name, value) in self.entries() {
            map.serialize_entry(name, &Cut(&value, limits::RESOURCE_DETAIL))?;
        }
        map.end()
    }
}
