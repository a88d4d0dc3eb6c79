//! The versions, parameters and steps of `CrowdStrike-FalconSensorDeploy`, which CrowdStrike shares with every account in every
//! region, and which is therefore no account's own.

use super::Texts;
use crate::systems_manager::instance_id;
use crate::wire::ServiceError;

pub(in crate::systems_manager) const NAME: &str = "CrowdStrike-FalconSensorDeploy";

pub(super) const STEPS: [(&str, &str); 4] = [
    ("HandlePreqrequisites", "aws:executeScript"),
    ("Branch", "aws:branch"),
    ("ExecuteDistributorPackage", "aws:runCommand"),
    ("HandleCleanup", "aws:executeScript"),
];

/// What the document takes, with what it takes if it is not given. `InstanceIds` has no default.
const DEFAULTS: [(&str, &str); 12] = [
    (ASSUME_ROLE, ""),
    ("Action", "Install"),
    ("LinuxPackageVersion", ""),
    ("LinuxInstallerParams", ""),
    ("WindowsPackageVersion", ""),
    ("WindowsInstallerParams", ""),
    ("SecretStorageMethod", "ParameterStore"),
    ("FalconCloud", "/CrowdStrike/Falcon/Cloud"),
    ("FalconClientId", "/CrowdStrike/Falcon/ClientId"),
    ("FalconClientSecret", "/CrowdStrike/Falcon/ClientSecret"),
    ("SecretsManagerSecretName", "/CrowdStrike/Falcon/Distributor"),
    ("ExcludedPlatformNames", ""),
];
const ALLOWED: [(&str, &[&str]); 2] =
    [("Action", &["Install", "Uninstall"]), ("SecretStorageMethod", &["ParameterStore", "SecretsManager"])];

/// The one parameter that must be given.
pub(in crate::systems_manager) const INSTANCES: &str = "InstanceIds";
/// The role that the document runs with; without it, as whoever starts it.
pub(in crate::systems_manager) const ASSUME_ROLE: &str = "AutomationAssumeRole";

/// Whether the document has a version, named by its number or as `$DEFAULT` or `$LATEST`.
pub(in crate::systems_manager) fn has_version(version: &str) -> bool {
    ["$DEFAULT", "$LATEST", "4"].contains(&version)
}

/// Whether the document takes these parameters, as far as they are given.
///
/// # Errors
/// A sentence on the first that it does not take, as quoted in <https://github.com/CrowdStrike/aws-ssm-distributor/issues/100>.
pub(in crate::systems_manager) fn check(given: &Texts) -> Result<(), String> {
    let known = |name: &str| name == INSTANCES || DEFAULTS.iter().any(|(known, _)| *known == name);
    if let Some(unknown) = given.keys().find(|name| !known(name)) {
        return Err(format!("Parameter \"{unknown}\" is not defined in the document {NAME}."));
    }
    for (name, values) in ALLOWED {
        let odd = given.get(name).into_iter().flatten().find(|value| !values.contains(&value.as_str()));
        if let Some(odd) = odd {
            let values = values.join(", ");
            return Err(format!("Parameter \"{name}\" has value \"{odd}\" not found in [{values}]."));
        }
    }
    let mut instances = given.get(INSTANCES).into_iter().flatten();
    if let Some(odd) = instances.find(|id| !instance_id::is_one(id)) {
        return Err(format!("Parameter \"{INSTANCES}\" has value \"{odd}\", which is no instance id."));
    }
    if let Some((name, _)) = given.iter().find(|(name, values)| *name != INSTANCES && values.len() != 1) {
        return Err(format!("Parameter \"{name}\" takes one text."));
    }
    Ok(())
}

/// What is said of a parameter that must be given, as quoted in <https://github.com/aws/aws-cli/issues/6878>.
pub(in crate::systems_manager) fn missing(name: &str) -> String {
    format!("Parameter \"{name}\" requires a value.")
}

/// All parameters, those that are not given with their defaults.
///
/// # Errors
/// `InvalidAutomationExecutionParametersException`.
pub(super) fn read(mut given: Texts) -> Result<Texts, ServiceError> {
    let refused = |message: String| ServiceError::new("InvalidAutomationExecutionParametersException", message);
    check(&given).map_err(refused)?;
    if !given.contains_key(INSTANCES) {
        return Err(refused(missing(INSTANCES)));
    }
    for (name, default) in DEFAULTS {
        given.entry(name.to_owned()).or_insert_with(|| vec![default.to_owned()]);
    }
    Ok(given)
}
