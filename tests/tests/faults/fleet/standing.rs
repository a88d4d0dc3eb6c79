//! What stands in the end: on the findings, in Config, on the instances.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_config::types::ComplianceType;
use falconer_domain::fleet::Verdict;
use falconer_domain::install::{ERROR_FIELD, FAILURES_FIELD};
use falconer_tests::fleet::MEMBER;
use falconer_tests::house::House;
use serde_json::Value;

/// The sensor that installs bring, as the inventory of Linux lists it.
const PACKAGED: &str = "7.19.0";

/// What stands about MEMBER's instances, without the times, which differ from run to run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// By the id of each active finding: what it says of the instance, and of installs that failed.
    pub(crate) findings: BTreeMap<String, [String; 3]>,
    /// What the rule was told of each instance.
    pub(crate) evaluations: BTreeMap<String, String>,
    /// The instances with a sensor.
    pub(crate) sensors: BTreeSet<String>,
}

impl Standing {
    pub(crate) async fn of(house: &House) -> Self {
        let findings = house.sensor_findings(MEMBER).await.into_iter().map(|finding| {
            let field = |name| finding.user_defined_fields().and_then(|fields| fields.get(name)).cloned();
            let installs = [FAILURES_FIELD, ERROR_FIELD].map(|name| field(name).unwrap_or_default());
            let [failures, error] = installs;
            (finding.id().unwrap().to_owned(), [finding.description().unwrap().to_owned(), failures, error])
        });
        let findings = findings.collect();
        let evaluations = house.evaluated(MEMBER).await.into_iter();
        let told = |(instance, (compliance, annotation)): (String, (ComplianceType, String))| {
            let says = annotation.split(", and reported at ").next().unwrap_or_default();
            (instance, format!("{compliance}: {says}"))
        };
        let instances = house.control("GET", "instances", Value::Null).await;
        let with_sensor = instances.as_array().unwrap().iter().filter(|instance| instance["sensor"].is_object());
        Self {
            findings,
            evaluations: evaluations.map(told).collect(),
            sensors: with_sensor.map(|instance| instance["id"].as_str().unwrap().to_owned()).collect(),
        }
    }

    /// Whether nothing is said of an instance but what is said in `good` or `before`, or what is so in between: a package has
    /// brought a sensor that has not reported yet.
    pub(crate) fn says_only_what_is_so(&self, good: &Self, before: &Self) -> bool {
        let on_its_way = Verdict::Missing { installed: Some(PACKAGED.to_owned()) }.sentence();
        let is_so = |(id, [says, ..]): (&String, &[String; 3])| {
            let is_on_its_way = *says == on_its_way && self.sensors.iter().any(|instance| id.ends_with(instance));
            let is_said = |other: &Self| other.findings.get(id).is_some_and(|[said, ..]| said == says);
            is_on_its_way || is_said(good) || is_said(before)
        };
        let evaluation_is_so = |(id, told): (&String, &String)| good.evaluations.get(id) == Some(told);
        self.findings.iter().all(is_so) && self.evaluations.iter().all(evaluation_is_so)
    }
}
