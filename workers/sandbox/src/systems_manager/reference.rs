//! Parameters that stand for secrets of Secrets Manager.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>. The errors are quoted in
//! <https://github.com/sous-chefs/aws/issues/419> and <https://github.com/aws/aws-cli/issues/10518>.

use serde_json::json;

use super::parameters::SECURE_STRING;
use super::{SystemsManager, invalid};
use crate::secrets_manager::CURRENT;
use crate::wire::{Answer, Caller, ServiceError, seconds};

const PATH: &str = "/aws/reference/secretsmanager/";

/// The name of the secret that a parameter's name refers to, if it is a reference.
pub(super) fn secret(name: &str) -> Option<&str> {
    name.strip_prefix(PATH)
}

impl SystemsManager {
    /// The current value of a secret as a parameter. Nothing of it is kept here, so its version is always 0.
    ///
    /// # Errors
    /// `ValidationException` without decryption, `ParameterNotFound` for a secret that is not there.
    pub(super) fn referenced(&self, caller: &Caller, name: &str, secret: &str, decrypted: bool) -> Answer {
        if !decrypted {
            return Err(invalid("WithDecryption flag must be True for retrieving a Secret Manager secret."));
        }
        let not_found = || {
            let name = name.trim_start_matches('/');
            let message = format!(
                "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret {name} not found."
            );
            ServiceError::new("ParameterNotFound", message)
        };
        let secret = self.secrets.secret(caller, secret).ok_or_else(not_found)?;
        let id = secret.labelled(CURRENT).ok_or_else(not_found)?;
        let version = secret.version(id).ok_or_else(not_found)?;
        let source = json!({
            "ARN": secret.arn,
            "name": secret.name,
            "versionId": id,
            "secretString": version.value,
            "versionStages": secret.labels_of(id),
            "createdDate": version.created.to_string(),
        });
        Ok(json!({
            "Name": name,
            "Type": SECURE_STRING,
            "Value": version.value,
            "Version": 0,
            "SourceResult": source.to_string(),
            "LastModifiedDate": seconds(version.created),
            "ARN": secret.arn,
        }))
    }
}
