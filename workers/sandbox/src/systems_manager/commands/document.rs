//! The parameters of the document `AWS-ConfigureAWSPackage`.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html#aws-configurepackage>;
//! the patterns are those of `aws ssm get-document --name AWS-ConfigureAWSPackage`, as copied in
//! <https://github.com/aws-samples/aws-organization-centralised-package-distribution>.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::wire::ServiceError;

pub(super) const NAME: &str = "AWS-ConfigureAWSPackage";
const PARAMETERS: [&str; 5] = ["action", "installationType", "name", "version", "additionalArguments"];
const INSTALLATION_TYPES: [&str; 2] = ["Uninstall and reinstall", "In-place update"];
/// Characters of the additional arguments, names and values together.
const MAX_ARGUMENTS: usize = 4096;

/// What a command asks of the package. No `Debug`: the arguments hold secrets.
pub(in crate::systems_manager) struct Order {
    pub(in crate::systems_manager) action: Action,
    pub(in crate::systems_manager) package: String,
    /// What the package's script finds in its environment.
    pub(in crate::systems_manager) arguments: BTreeMap<String, String>,
}

/// What is done with the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::systems_manager) enum Action {
    Install,
    Uninstall,
}

impl Order {
    /// Reads a command's parameters: lists of one text each.
    ///
    /// # Errors
    /// `InvalidParameters`, naming the parameter, never its value.
    pub(super) fn read(parameters: &Map<String, Value>) -> Result<Self, ServiceError> {
        if let Some(unknown) = parameters.keys().find(|name| !PARAMETERS.contains(&name.as_str())) {
            return Err(refused(format!("The document {NAME} has no parameter {unknown}")));
        }
        let one = |name: &str| -> Result<Option<&str>, ServiceError> {
            let Some(values) = parameters.get(name) else { return Ok(None) };
            let only = values.as_array().filter(|values| values.len() == 1).and_then(|values| values[0].as_str());
            only.map(Some).ok_or_else(|| refused(format!("The parameter {name} takes one text")))
        };
        let missing = |name: &str| refused(format!("The document {NAME} needs the parameter {name}"));
        let action = match one("action")?.ok_or_else(|| missing("action"))? {
            "Install" => Action::Install,
            "Uninstall" => Action::Uninstall,
            _ => return Err(refused("The parameter action must be one of Install, Uninstall")),
        };
        if one("installationType")?.is_some_and(|kind| !INSTALLATION_TYPES.contains(&kind)) {
            return Err(refused(
                "The parameter installationType must be one of Uninstall and reinstall, In-place update",
            ));
        }
        let symbols = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "/:.-_".contains(c));
        let package = one("name")?.ok_or_else(|| missing("name"))?;
        if package.is_empty() || package.len() > 128 || !symbols(package) {
            return Err(refused("The parameter name does not fit its pattern ^[a-zA-Z0-9/:.\\-_]{1,128}$"));
        }
        if one("version")?.is_some_and(|version| !symbols(version)) {
            return Err(refused("The parameter version does not fit its pattern"));
        }
        let arguments = one("additionalArguments")?.map(arguments).transpose()?.unwrap_or_default();
        Ok(Self { action, package: package.to_owned(), arguments })
    }
}

fn arguments(text: &str) -> Result<BTreeMap<String, String>, ServiceError> {
    let arguments: BTreeMap<String, String> = serde_json::from_str(text)
        .map_err(|_| refused("The parameter additionalArguments must be a JSON object whose values are texts"))?;
    if text.chars().count() > MAX_ARGUMENTS {
        return Err(refused(format!("The parameter additionalArguments may have {MAX_ARGUMENTS} characters")));
    }
    if let Some(name) = arguments.keys().find(|name| !name.starts_with("SSM_")) {
        return Err(refused(format!("Each of the additionalArguments must be prefixed with SSM_: {name}")));
    }
    // <https://github.com/aws/amazon-ssm-agent/issues/454>.
    if text.contains("{{") {
        return Err(refused("You cannot use parameters in the additionalArguments"));
    }
    Ok(arguments)
}

fn refused(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameters", message)
}
