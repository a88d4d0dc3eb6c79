//! The targets of an association: all instances, some by their ids, or those with a tag.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state-manager-targets-and-rate-controls.html> and
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-map-targets.html>.

use serde::{Deserialize, Serialize};

use crate::constraints::Constraints;
use crate::systems_manager::instance_id;
use crate::wire::ServiceError;

/// The key of instances by their ids. The command line's examples write it small too.
const INSTANCES: &str = "InstanceIds";
/// The value that means all instances of the account and region.
const ALL: &str = "*";
const TAG: &str = "tag:";

/// One of the targets.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Target {
    key: Option<String>,
    values: Option<Vec<String>>,
}

/// The constraints of the model.
pub(super) fn constrain(constraints: &mut Constraints, targets: Option<&[Target]>) {
    const KEY: &str = r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name";
    let symbols = |one: char| one.is_alphanumeric() || one.is_whitespace() || "_.:/=-@".contains(one);
    constraints.entries("targets", targets.map(<[_]>::len), 0, 5);
    for target in targets.into_iter().flatten() {
        constraints
            .length("targets.key", target.key.as_deref(), 1, 163)
            .characters("targets.key", target.key.as_deref(), KEY, symbols)
            .entries("targets.values", target.values.as_ref().map(Vec::len), 0, 50);
    }
}

/// Whether the targets can be resolved, if there are any; `is_there` knows the instances of the place.
///
/// # Errors
/// `InvalidTarget`.
pub(super) fn check(targets: &[Target], is_there: impl Fn(&str) -> bool) -> Result<(), ServiceError> {
    let target = match targets {
        [] => return Ok(()),
        [only] => only,
        _ => return Err(refused("An association with an Automation document has one target.")),
    };
    let (key, values) = (target.key.as_deref().unwrap_or_default(), target.values.as_deref().unwrap_or_default());
    if values.is_empty() {
        return Err(refused(format!("The target {key} has no values.")));
    }
    if key.strip_prefix(TAG).is_some_and(|tag| !tag.is_empty()) {
        return Ok(());
    }
    if !key.eq_ignore_ascii_case(INSTANCES) {
        return Err(refused(format!("The sandbox has targets by {INSTANCES} and {TAG}<key>, and not by {key}.")));
    }
    if values == [ALL] {
        return Ok(());
    }
    match values.iter().find(|id| !instance_id::is_one(id) || !is_there(id)) {
        Some(odd) => Err(refused(format!("{odd} is no instance of this account and region."))),
        None => Ok(()),
    }
}

fn refused(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidTarget", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(key: &str, values: &[&str]) -> Target {
        Target { key: Some(key.to_owned()), values: Some(values.iter().copied().map(str::to_owned).collect()) }
    }

    #[test]
    fn a_target_is_all_instances_some_of_the_place_or_those_with_a_tag() {
        let is_there = |id: &str| id == "i-0f1a2b3c";
        for (key, values, fits) in [
            ("InstanceIds", &["*"][..], true),
            ("instanceids", &["*"], true),
            ("InstanceIds", &["i-0f1a2b3c"], true),
            ("InstanceIds", &["i-0f1a2b3c", "i-0f1a2b3d"], false),
            ("InstanceIds", &["i-0f1a2b3c", "*"], false),
            ("InstanceIds", &["web-1"], false),
            ("InstanceIds", &[], false),
            ("tag:Role", &["web", "db"], true),
            ("tag:", &["web"], false),
            ("ResourceGroup", &["web"], false),
            ("", &["*"], false),
        ] {
            assert_eq!(check(&[target(key, values)], is_there).is_ok(), fits, "{key} {values:?}");
        }
        assert!(check(&[], is_there).is_ok());
        let all = target("InstanceIds", &["*"]);
        assert!(check(&[all.clone(), all], is_there).is_err());
    }
}
