//! CreateSecret, GetSecretValue, PutSecretValue.
//!
//! Shapes and limits: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html> and the pages
//! beside it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{CURRENT, Secret, Secrets, SecretsManager, Version, invalid_request, key};
use crate::constraints::Constraints;
use crate::wire::{Answer, Call, ServiceError, seconds};

/// What is read of each operation.
const SERVED: [&str; 9] = [
    "Name",
    "SecretId",
    "Description",
    "KmsKeyId",
    "ClientRequestToken",
    "SecretString",
    "VersionStages",
    "VersionId",
    "VersionStage",
];

/// What the operations have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    name: Option<String>,
    secret_id: Option<String>,
    description: Option<String>,
    client_request_token: Option<String>,
    secret_string: Option<String>,
    version_stages: Option<Vec<String>>,
    version_id: Option<String>,
    version_stage: Option<String>,
}

impl SecretsManager {
    pub(super) fn create_secret(&self, secrets: &mut Secrets, call: &Call) -> Answer {
        let input = read(call)?;
        let name = member("name", input.name.as_ref(), 512)?;
        let symbols = |character: char| character.is_ascii_alphanumeric() || "-/_+=.@!".contains(character);
        if !name.chars().all(symbols) {
            let message = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
            return Err(ServiceError::new("ValidationException", message));
        }
        let token = input.token()?;
        let value = input.value()?;
        let key = key(&call.caller, &name);
        if let Some(existing) = secrets.get(&key) {
            // The same request once more, as its token shows.
            if existing.version(&token).is_some_and(|version| version.value == value) {
                return Ok(describe(existing, &token));
            }
            let message = format!("The operation failed because the secret {name} already exists.");
            return Err(ServiceError::new("ResourceExistsException", message));
        }
        let suffix = self.identifiers.base32(6);
        let (region, account) = (&call.caller.region, &call.caller.account);
        let arn = self.organization.arn("secretsmanager", region, account, &format!("secret:{name}-{suffix}"));
        let mut secret = Secret::new(arn, name);
        secret.put(&token, Version { value, created: self.clock.now() }, &[CURRENT.to_owned()])?;
        let answer = describe(&secret, &token);
        secrets.insert(key, secret);
        Ok(answer)
    }

    pub(super) fn put_secret_value(&self, secrets: &mut Secrets, call: &Call) -> Answer {
        let input = read(call)?;
        let id = member("secretId", input.secret_id.as_ref(), 2048)?;
        let token = input.token()?;
        let value = input.value()?;
        let secret = find(secrets, call, &id)?;
        let labels = input.version_stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
        secret.put(&token, Version { value, created: self.clock.now() }, &labels)?;
        let mut answer = describe(secret, &token);
        answer["VersionStages"] = json!(secret.labels_of(&token));
        Ok(answer)
    }

    pub(super) fn get_secret_value(&self, secrets: &mut Secrets, call: &Call) -> Answer {
        let input = read(call)?;
        let id = member("secretId", input.secret_id.as_ref(), 2048)?;
        let secret = find(secrets, call, &id)?;
        let label = input.version_stage.as_deref();
        let by_label = secret.labelled(label.unwrap_or(CURRENT));
        if let (Some(id), Some(_)) = (&input.version_id, label)
            && secret.version(id).is_some()
            && by_label != Some(id)
        {
            let message = "You provided a VersionStage that is not associated to the provided VersionId.";
            return Err(invalid_request(message));
        }
        let not_found = || match &input.version_id {
            Some(id) => not_found(&format!("secret value for VersionId: {id}")),
            None => not_found(&format!("secret value for staging label: {}", label.unwrap_or(CURRENT))),
        };
        let id = input.version_id.as_deref().or(by_label).ok_or_else(not_found)?;
        let version = secret.version(id).ok_or_else(not_found)?;
        let mut answer = describe(secret, id);
        answer["SecretString"] = version.value.as_str().into();
        answer["VersionStages"] = json!(secret.labels_of(id));
        answer["CreatedDate"] = seconds(version.created);
        Ok(answer)
    }
}

impl Input {
    /// An SDK fills it in; AWS refuses a request without it.
    fn token(&self) -> Result<String, ServiceError> {
        let message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
        self.client_request_token.clone().ok_or_else(|| invalid_request(message))
    }

    fn value(&self) -> Result<String, ServiceError> {
        let message = "You must provide either SecretString or SecretBinary.";
        self.secret_string.clone().filter(|text| !text.is_empty()).ok_or_else(|| invalid_request(message))
    }
}

fn read(call: &Call) -> Result<Input, ServiceError> {
    let input: Input = call.input()?;
    let mut constraints = Constraints::default();
    constraints
        .length("clientRequestToken", input.client_request_token.as_deref(), 32, 64)
        .length("description", input.description.as_deref(), 0, 2048)
        .length("secretString", input.secret_string.as_deref(), 0, 65_536)
        .entries("versionStages", input.version_stages.as_ref().map(Vec::len), 1, 20)
        .length("versionId", input.version_id.as_deref(), 32, 64)
        .length("versionStage", input.version_stage.as_deref(), 1, 256);
    constraints.finish()?;
    if let Some(member) = call.unserved(&SERVED) {
        let message = format!("The sandbox does not serve {member} of {}", call.operation);
        return Err(ServiceError::new("InvalidParameterException", message));
    }
    Ok(input)
}

fn member(name: &str, value: Option<&String>, max: usize) -> Result<String, ServiceError> {
    let mut constraints = Constraints::default();
    constraints.required(name, value).length(name, value.map(String::as_str), 1, max);
    constraints.finish()?;
    Ok(value.cloned().unwrap_or_default())
}

/// The secret of a name, or of an ARN with or without its last six characters.
fn find<'a>(secrets: &'a mut Secrets, call: &Call, id: &str) -> Result<&'a mut Secret, ServiceError> {
    let (account, region, _) = key(&call.caller, "");
    let mut own = secrets.iter_mut().filter(|((of, at, _), _)| *of == account && *at == region);
    let is_it = |secret: &Secret| {
        secret.name == id || secret.arn == id || secret.arn.rsplit_once('-').is_some_and(|(arn, _)| arn == id)
    };
    own.find(|(_, secret)| is_it(secret)).map(|(_, secret)| secret).ok_or_else(|| not_found("secret."))
}

fn describe(secret: &Secret, version: &str) -> Value {
    json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": version })
}

fn not_found(what: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Secrets Manager can't find the specified {what}"))
}
