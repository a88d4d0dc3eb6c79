//! AWS accounts that are registered with Falcon Cloud Security: through the registration of today, and through the one before
//! it. What is registered through one is not through the other.
//!
//! <https://github.com/CrowdStrike/falconpy/blob/main/src/falconpy/_endpoint/_cloud_aws_registration.py> and, for the older one,
//! <https://github.com/CrowdStrike/falconpy/blob/main/src/falconpy/_endpoint/_cspm_registration.py>; which statuses there are is
//! shown by the readers of responses in <https://github.com/CrowdStrike/gofalcon/tree/main/falcon/client>.

mod record;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::clients::Scope;
use super::envelope::{listed, mixed};
use super::query::Query;
use super::{Falcon, State, refused};
use crate::wire::{Answer, Call, ServiceError};

/// Of the two ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Api {
    /// `/cloud-security-registration-aws`
    Cloud,
    /// `/cloud-connect-cspm-aws`
    Cspm,
}

/// Records by the way in and the account.
pub(super) type Registrations = BTreeMap<(Api, String), Value>;

/// What an account's owner says of it.
type Written = Map<String, Value>;

impl Api {
    fn read(self) -> Scope {
        match self {
            Self::Cloud => Scope::CloudRegistrationRead,
            Self::Cspm => Scope::CspmRegistrationRead,
        }
    }

    fn write(self) -> Scope {
        match self {
            Self::Cloud => Scope::CloudRegistrationWrite,
            Self::Cspm => Scope::CspmRegistrationWrite,
        }
    }

    /// How a second registration is answered. The older one has a status for it, and shows what there is; the newer one has none
    /// but that of answers with errors, and does not say whether what there is goes with them: here it does not.
    fn conflict(self, known: &Value) -> (u16, Option<Value>) {
        match self {
            Self::Cloud => (207, None),
            Self::Cspm => (409, Some(known.clone())),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Cloud => "cloud-security-registration-aws",
            Self::Cspm => "cloud-connect-cspm-aws",
        }
    }
}

impl Falcon {
    /// All accounts, or those that are asked for by their ids.
    pub(super) fn accounts(&self, state: &mut State, call: &Call, api: Api) -> Answer {
        self.authorize(state, call, api.read())?;
        let query = Query::of(call, &["ids"])?;
        let ids = ids(&query)?;
        let own = state.registrations.iter().filter(|((of, _), _)| *of == api);
        if ids.is_empty() {
            return Ok(listed(own.map(|(_, record)| record.clone()).collect()));
        }
        let found = ids.into_iter().map(|id| state.registrations.get(&(api, id.clone())).cloned().ok_or(id));
        Ok(told(200, found))
    }

    /// Each account by itself, unless one of them cannot be an account at all.
    pub(super) fn create_accounts(&self, state: &mut State, call: &Call, api: Api) -> Answer {
        self.authorize(state, call, api.write())?;
        let (mut done, mut errors, mut status) = (Vec::new(), Vec::new(), 201);
        for (account, written) in written(call, api)? {
            let key = (api, account.clone());
            if let Some(known) = state.registrations.get(&key) {
                let (conflict, record) = api.conflict(known);
                status = conflict;
                errors.push(
                    json!({ "code": 409, "message": format!("account {account} already exists"), "id": account }),
                );
                done.extend(record);
                continue;
            }
            let number = state.registrations.len() + 25_001;
            let record = record::of(api, &account, &written, number, self.clock.now());
            state.registrations.insert(key, record.clone());
            done.push(record);
        }
        Ok(mixed(status, done, errors))
    }

    pub(super) fn update_accounts(&self, state: &mut State, call: &Call, api: Api) -> Answer {
        self.authorize(state, call, api.write())?;
        let now = self.clock.now();
        let changed = written(call, api)?.into_iter().map(|(account, written)| {
            let record = state.registrations.get_mut(&(api, account.clone())).ok_or(account)?;
            record::change(api, record, &written, now);
            Ok(record.clone())
        });
        Ok(told(200, changed))
    }

    pub(super) fn delete_accounts(&self, state: &mut State, call: &Call, api: Api) -> Answer {
        self.authorize(state, call, api.write())?;
        let query = Query::of(call, &["ids"])?;
        let ids = ids(&query)?;
        if ids.is_empty() {
            return Err(refused(400, "ids must be provided"));
        }
        let gone = ids.into_iter().map(|id| state.registrations.remove(&(api, id.clone())).ok_or(id));
        Ok(told(200, gone))
    }

    /// Whether Falcon gets into an account, which in the sandbox it does wherever it is registered.
    pub(super) fn validate_account(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::CloudRegistrationWrite)?;
        let query = Query::of(call, &["account-id", "iam-role-arn"])?;
        let account = query.text("account-id").filter(|id| is_account(id));
        let account = account.ok_or_else(|| refused(400, "account-id must be 12 digits"))?;
        if query.text("iam-role-arn").is_some_and(|arn| !arn.starts_with("arn:aws")) {
            return Err(refused(400, "iam-role-arn must be the ARN of a role"));
        }
        let found = state.registrations.get(&(Api::Cloud, account.to_owned())).map(record::validated);
        Ok(told(200, std::iter::once(found.ok_or_else(|| account.to_owned()))))
    }

    /// Every record with the way by which it came in.
    pub(crate) fn registered(&self) -> Value {
        let state = self.locked();
        state.registrations.iter().map(|((api, _), record)| json!({ "api": api.path(), "account": record })).collect()
    }
}

/// What was done, and which accounts are not registered: those make the status a mixed one.
fn told(status: u16, results: impl Iterator<Item = Result<Value, String>>) -> Value {
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(record) => done.push(record),
            Err(id) => errors.push(json!({ "code": 404, "message": format!("account {id} not found"), "id": id })),
        }
    }
    let status = if errors.is_empty() { status } else { 207 };
    mixed(status, done, errors)
}

fn ids(query: &Query<'_>) -> Result<Vec<String>, ServiceError> {
    let ids: Vec<_> = query.all("ids").map(str::to_owned).collect();
    match ids.iter().find(|id| !is_account(id)) {
        Some(wrong) => Err(refused(400, format!("ids: {wrong} is not 12 digits"))),
        None => Ok(ids),
    }
}

/// The accounts of a request's body, with what is said of each.
fn written(call: &Call, api: Api) -> Result<Vec<(String, Written)>, ServiceError> {
    let resources = call.input["body"]["resources"].as_array().filter(|resources| !resources.is_empty());
    let resources = resources.ok_or_else(|| refused(400, "resources must be provided"))?;
    let one = |resource: &Value| {
        let written = resource.as_object().cloned().ok_or_else(|| refused(400, "resources must be objects"))?;
        let account = written.get("account_id").and_then(Value::as_str).filter(|id| is_account(id));
        let account = account.ok_or_else(|| refused(400, "account_id must be 12 digits"))?.to_owned();
        record::check(api, &written).map_err(|problem| refused(400, problem))?;
        Ok((account, written))
    };
    resources.iter().map(one).collect()
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
