//! The document's first step: which instances can take the package, and what the package needs of Falcon.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Texts, document};
use crate::fleet::{Agent, State};
use crate::secrets_manager::CURRENT;
use crate::systems_manager::{Place, SystemsManager};
use crate::wire::{Call, Caller};

/// The customer whose cloud the sandbox plays.
const CCID: &str = "00000000000000000000000000000C1D-00";

/// What the step found.
pub(super) struct Found {
    pub(super) instances: Vec<String>,
    pub(super) message: String,
    /// None where no instance can take the package: then nobody asks Falcon.
    pub(super) access: Option<Access>,
}

/// What lets hosts download the sensor. No `Debug`: it is a secret.
pub(super) struct Access {
    pub(super) cloud: String,
    pub(super) ccid: &'static str,
    pub(super) token: String,
}

/// Who asks Falcon. No `Debug`: it is a secret.
pub(super) struct Client {
    id: String,
    secret: String,
    cloud: String,
}

impl SystemsManager {
    /// # Errors
    /// What the step's script fails with.
    pub(super) fn prerequisites(&self, place: &Place, parameters: &Texts) -> Result<Found, String> {
        let asked = parameters.get(document::INSTANCES).map(Vec::as_slice).unwrap_or_default();
        let active = |id: &String| {
            let found = self.fleet.get(&place.0, &place.1, id);
            found.is_some_and(|one| one.state == State::Running && one.agent == Agent::Online)
        };
        let (instances, others): (Vec<_>, Vec<_>) = asked.iter().cloned().partition(active);
        let mut message = if instances.is_empty() {
            "Execution aborted: No instances in the ACTIVE state.".to_owned()
        } else {
            format!("Targeting the following ACTIVE instances: {}", instances.join(", "))
        };
        if !others.is_empty() {
            message = format!("{message}\n\nThe following instances were skipped: {}", others.join(", "));
        }
        let access = if instances.is_empty() { None } else { Some(self.access(place, parameters)?) };
        Ok(Found { instances, message, access })
    }

    fn access(&self, place: &Place, parameters: &Texts) -> Result<Access, String> {
        let client = self.client(place, parameters)?;
        let body = json!({ "client_id": client.id, "client_secret": client.secret });
        let answer = self.ask_falcon(place, "Token", json!({ "body": body }))?;
        let token = answer["access_token"].as_str().unwrap_or_default().to_owned();
        Ok(Access { cloud: client.cloud, ccid: CCID, token })
    }

    /// Reads the API client from where the parameters say it is kept.
    pub(super) fn client(&self, place: &Place, parameters: &Texts) -> Result<Client, String> {
        let caller = Caller { account: place.0.clone(), region: place.1.clone(), arn: String::new() };
        let named = |name: &str| parameters.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
        if named("SecretStorageMethod") == "SecretsManager" {
            let name = named("SecretsManagerSecretName");
            let secret = self.secrets.secret(&caller, &name);
            let value = secret.as_ref().and_then(|secret| secret.version(secret.labelled(CURRENT)?));
            let value: Option<Value> = value.and_then(|version| serde_json::from_str(&version.value).ok());
            let member = |wanted: &str| {
                let members = value.as_ref().and_then(Value::as_object).into_iter().flatten();
                let mut members = members.filter(|(member, _)| member.eq_ignore_ascii_case(wanted));
                members.find_map(|(_, text)| text.as_str().map(str::to_owned))
            };
            let client =
                || Some(Client { id: member("ClientId")?, secret: member("ClientSecret")?, cloud: member("Cloud")? });
            return client().ok_or_else(|| format!("Secret {name} is not there, or is missing required fields"));
        }
        let now = self.clock.now();
        let mut state = self.locked();
        let parameters = state.parameters(now);
        let text = |name: &str| {
            let name = named(name);
            let found = self.look_up(parameters, &caller, &name, true).map_err(|error| error.message)?;
            Ok::<_, String>(found["Value"].as_str().unwrap_or_default().to_owned())
        };
        Ok(Client { cloud: text("FalconCloud")?, id: text("FalconClientId")?, secret: text("FalconClientSecret")? })
    }

    fn ask_falcon(&self, place: &Place, operation: &str, input: Value) -> Result<Value, String> {
        let caller = Caller { account: place.0.clone(), region: place.1.clone(), arn: String::new() };
        let answer = self.falcon.call(&Call { caller, operation: operation.to_owned(), input });
        answer.map_err(|error| format!("Received non success response {} of Falcon: {}", error.code, error.message))
    }

    /// Gives the token back, as the document's last step does; that step does not fail if Falcon does not take it.
    pub(super) fn give_back(&self, place: &Place, parameters: &Texts, access: &Access) -> Result<(), String> {
        let client = self.client(place, parameters)?;
        let authorization = client.authorization();
        let input = json!({ "authorization": authorization, "body": { "token": access.token } });
        let _ = self.ask_falcon(place, "Revoke", input);
        Ok(())
    }
}

impl Client {
    fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)))
    }
}
