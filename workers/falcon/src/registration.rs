//! Accounts of AWS in Falcon's cloud security: registered, read, updated, validated and deregistered.
//!
//! Two interfaces do so. The newer one, `/cloud-security-registration-aws`, knows products and their features
//! (<https://github.com/CrowdStrike/gofalcon/tree/main/falcon/client/cloud_aws_registration>); the older one, `/cloud-connect-cspm-aws`, has a switch for each
//! feature of one product (<https://github.com/CrowdStrike/psfalcon/wiki/New-FalconCloudAwsAccount>). What they are sent and what they answer is shown
//! by <https://github.com/CrowdStrike/gofalcon/tree/main/falcon/models> (`rest.CloudAWSAccountCreateExtV1`,
//! `registration.AWSAccountExtV2`, `domain.CloudAWSAccountV1`, `domain.AWSAccountV2`).

mod body;
mod record;

use bytes::Bytes;
use serde_json::{Value, json};

pub use self::record::{ExternalId, Registration};
use crate::call::{Endpoint, Falcon, read};
use crate::error::FalconError;
use crate::exchange::{JSON, delete, form, get, patch, post};

/// Which interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationApi {
    /// `/cloud-security-registration-aws`.
    CloudSecurity,
    /// `/cloud-connect-cspm-aws`.
    Cspm,
}

/// A product of Falcon's cloud security, and what of it is used in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// `cspm`, `idp`.
    pub name: String,
    /// `iom`, `ioa`, `sensormgmt`, `dspm`, `vulnerability_scanning`; `default`.
    pub features: Vec<String>,
}

/// What is asked of Falcon for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRegistration {
    /// Of which interface.
    pub api: RegistrationApi,
    /// The account, twelve digits.
    pub account: String,
    /// Whether it is one of AWS GovCloud.
    pub government: bool,
    /// The organization's id, `o-…`.
    pub organization: Option<String>,
    /// The role by which Falcon is to read the account; Falcon names one otherwise.
    pub role_arn: Option<String>,
    /// Where the account's CloudTrail has its home.
    pub trail_region: String,
    /// Whether Falcon reads a trail that is there.
    pub uses_existing_trail: bool,
    /// What Falcon does in the account. The older interface knows `cspm` only.
    pub products: Vec<Product>,
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// Falcon knows the account now.
    Now(Registration),
    /// It knew it before. What it does there may be less than what was asked for: see [`Registration::lacks`].
    Already(Registration),
}

/// The endpoints of an interface.
struct Endpoints {
    create: Endpoint,
    read: Endpoint,
    update: Endpoint,
    delete: Endpoint,
}

/// Scopes: <https://github.com/CrowdStrike/terraform-provider-crowdstrike/blob/main/internal/fcs/scopes.go>.
const CLOUD_SECURITY: Endpoints = {
    const PATH: &str = "/cloud-security-registration-aws/entities/account/v1";
    const READ: &str = "Cloud security AWS registration: Read";
    const WRITE: &str = "Cloud security AWS registration: Write";
    Endpoints {
        create: endpoint("POST /cloud-security-registration-aws/entities/account/v1", PATH, WRITE),
        read: endpoint("GET /cloud-security-registration-aws/entities/account/v1", PATH, READ),
        update: endpoint("PATCH /cloud-security-registration-aws/entities/account/v1", PATH, WRITE),
        delete: endpoint("DELETE /cloud-security-registration-aws/entities/account/v1", PATH, WRITE),
    }
};

const CSPM: Endpoints = {
    const PATH: &str = "/cloud-connect-cspm-aws/entities/account/v1";
    const READ: &str = "CSPM registration: Read";
    const WRITE: &str = "CSPM registration: Write";
    Endpoints {
        create: endpoint("POST /cloud-connect-cspm-aws/entities/account/v1", PATH, WRITE),
        read: endpoint("GET /cloud-connect-cspm-aws/entities/account/v1", PATH, READ),
        update: endpoint("PATCH /cloud-connect-cspm-aws/entities/account/v1", PATH, WRITE),
        delete: endpoint("DELETE /cloud-connect-cspm-aws/entities/account/v1", PATH, WRITE),
    }
};

const VALIDATE: Endpoint = endpoint(
    "POST /cloud-security-registration-aws/entities/account/validate/v1",
    "/cloud-security-registration-aws/entities/account/validate/v1",
    "Cloud security AWS registration: Write",
);

const fn endpoint(call: &'static str, path: &'static str, scope: &'static str) -> Endpoint {
    Endpoint { call, path, scope }
}

impl RegistrationApi {
    fn endpoints(self) -> &'static Endpoints {
        match self {
            Self::CloudSecurity => &CLOUD_SECURITY,
            Self::Cspm => &CSPM,
        }
    }
}

impl Falcon {
    /// Registers an account. One that is registered stays as it is, which is a success. Needs the scope "Cloud security AWS
    /// registration: Write" or, for the older interface, "CSPM registration: Write"; and Read for an account that is registered.
    ///
    /// # Errors
    /// Any [`FalconError`]; `Rejected` with Falcon's own words if it refuses an account that is not registered.
    pub async fn register(&self, new: &NewRegistration) -> Result<Registered, FalconError> {
        let endpoint = &new.api.endpoints().create;
        let created = self.post::<Value>(endpoint, &json!({ "resources": [new.body()] })).await;
        match created {
            Ok(records) => one(endpoint, &new.account, &records.read).map(Registered::Now),
            // The older interface answers 409 for an account that it knows, and the newer one does not say what it does: whether
            // the account is registered decides. It is so after a lost answer too.
            Err(refused @ FalconError::Rejected { .. }) => match self.registration(new.api, &new.account).await? {
                Some(registration) => Ok(Registered::Already(registration)),
                None => Err(refused),
            },
            Err(error) => Err(error),
        }
    }

    /// What Falcon knows of an account; `None` if it does not know it. Needs the scope "Cloud security AWS registration: Read" or
    /// "CSPM registration: Read".
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn registration(&self, api: RegistrationApi, account: &str) -> Result<Option<Registration>, FalconError> {
        let endpoint = &api.endpoints().read;
        let query = form(&[("ids", account)]);
        let (token, response) = self.send(endpoint, |cloud| get(cloud, endpoint.path, &query)).await?;
        let records = match read::<Value>(endpoint, &token, &response) {
            Err(FalconError::Rejected { status: 404, .. }) => return Ok(None),
            records => records?,
        };
        if records.read.is_empty() { Ok(None) } else { one(endpoint, account, &records.read).map(Some) }
    }

    /// Has Falcon do in a registered account what is asked for, by the role that it has if none is. Needs the same scope as
    /// [`Falcon::register`].
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn update_registration(
        &self,
        standing: &Registration,
        wanted: &NewRegistration,
    ) -> Result<Registration, FalconError> {
        let endpoint = &wanted.api.endpoints().update;
        // The older interface takes no update without a role.
        let role_arn = wanted.role_arn.clone().or_else(|| standing.role_arn.clone());
        let wanted = NewRegistration { role_arn, ..wanted.clone() };
        let body = Bytes::from(json!({ "resources": [wanted.body()] }).to_string());
        let (token, response) = self.send(endpoint, |cloud| patch(cloud, endpoint.path, &body)).await?;
        let records = read::<Value>(endpoint, &token, &response)?;
        one(endpoint, &wanted.account, &records.read)
    }

    /// Has Falcon forget an account. One that it does not know is forgotten. Needs the same scope as [`Falcon::register`].
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn deregister(&self, api: RegistrationApi, account: &str) -> Result<(), FalconError> {
        let endpoint = &api.endpoints().delete;
        let query = form(&[("ids", account)]);
        let (token, response) = self.send(endpoint, |cloud| delete(cloud, endpoint.path, &query)).await?;
        match read::<Value>(endpoint, &token, &response) {
            Ok(_) | Err(FalconError::Rejected { status: 404, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Has Falcon try whether it can assume the account's role; only the newer interface does. Needs the scope "Cloud security AWS
    /// registration: Write".
    ///
    /// # Errors
    /// Any [`FalconError`]; `Rejected` with Falcon's own words if it cannot.
    pub async fn validate_registration(&self, account: &str, role_arn: Option<&str>) -> Result<(), FalconError> {
        let mut query = vec![("account-id", account)];
        query.extend(role_arn.map(|arn| ("iam-role-arn", arn)));
        let query = form(&query);
        let path = format!("{}?{query}", VALIDATE.path);
        let (token, response) = self.send(&VALIDATE, |cloud| post(cloud, &path, JSON, &Bytes::new())).await?;
        read::<Value>(&VALIDATE, &token, &response).map(drop)
    }
}

/// The record of the account: one of another account is not taken for it.
fn one(endpoint: &Endpoint, account: &str, records: &[Value]) -> Result<Registration, FalconError> {
    let record = records.iter().filter_map(Registration::read).find(|record| record.account == account);
    record.ok_or_else(|| {
        let problem = format!("no record of the account among {} resources", records.len());
        FalconError::Malformed { call: endpoint.call, problem }
    })
}
