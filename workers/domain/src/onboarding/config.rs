//! What an organization tells the onboarding.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::registration::{Products, RegistrationApi, WantedRegistration};
use super::rule::FunctionArn;
use crate::place::{AccountId, Region};

/// `[onboarding]`: what is made of a new account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OnboardingConfig {
    /// With which interface of Falcon's cloud security accounts are registered: `cloud-security` (the default), `cspm` (the older
    /// one), or `none`.
    pub registration: Registration,
    /// What Falcon does in an account, each written `product/feature`: `cspm/iom` (which goes with every other one, and is the
    /// default), `cspm/ioa`, `cspm/sensormgmt`, `cspm/dspm`, `cspm/vulnerability_scanning`, `idp/default`. The older interface knows
    /// only those of `cspm`.
    pub features: Vec<String>,
    /// The id of the organization, such as `o-exampleorgid`, that Falcon is told; empty if it is told none. Empty by default.
    pub organization: String,
    /// The name of the role by which Falcon reads an account; empty if Falcon names it. Empty by default.
    pub falcon_role: String,
    /// The region where the accounts' CloudTrail has its home; empty for the hub's. Empty by default.
    pub trail_region: String,
    /// Whether Falcon reads the trail that is there (the default), or is to make one of its own.
    pub use_existing_trail: bool,
    /// The regions in which an account is prepared, all of one partition; none for the hub's alone. None by default.
    pub regions: Vec<String>,
    /// For how many minutes the role of a new member may be missing before that is a failure: StackSets take their time. From 1 to
    /// 1440. Default 30.
    pub role_wait_minutes: u32,
    /// The bucket to which Config delivers where nothing records yet; empty if Falconer is to make no recorder. Empty by default.
    pub config_bucket: String,
    /// The ARN of the hub's Lambda function behind the Config rule `falconer-sensor`, in any region: it is called by the same name in
    /// each. Empty if another makes the rule. Empty by default.
    pub rule_function: String,
    /// The name of a role in each account by which an association of State Manager runs CrowdStrike's own document, beside
    /// `install-sensor`; it reads its Falcon credentials in the account itself, where Falconer puts none. Empty if there is to be no
    /// association. Empty by default.
    pub association_role: String,
}

/// `registration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// [`RegistrationApi::CloudSecurity`]
    #[default]
    CloudSecurity,
    /// [`RegistrationApi::Cspm`]
    Cspm,
    /// Accounts are not registered.
    None,
}

/// One mistake in an [`OnboardingConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct OnboardingConfigProblem {
    /// The key.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// What decides about a new account, parsed.
#[derive(Clone, Debug)]
pub struct OnboardingRules {
    /// With which interface it is registered, if it is.
    pub registration: Option<RegistrationApi>,
    /// What Falcon does in it.
    pub products: Products,
    /// How long its role may be missing.
    pub role_wait: SignedDuration,
    /// Where Config delivers to, if Falconer may make a recorder.
    pub config_bucket: Option<String>,
    /// The function behind the Config rule, if Falconer makes that.
    pub rule_function: Option<FunctionArn>,
    /// The role of the account's association of State Manager, if there is to be one.
    pub association_role: Option<String>,
    organization: Option<String>,
    falcon_role: Option<String>,
    trail_region: Option<Region>,
    uses_existing_trail: bool,
    regions: Vec<Region>,
}

impl Default for OnboardingConfig {
    fn default() -> Self {
        Self {
            registration: Registration::default(),
            features: vec![format!("{CSPM}/{IOM}")],
            organization: String::new(),
            falcon_role: String::new(),
            trail_region: String::new(),
            use_existing_trail: true,
            regions: Vec::new(),
            role_wait_minutes: 30,
            config_bucket: String::new(),
            rule_function: String::new(),
            association_role: String::new(),
        }
    }
}

const CSPM: &str = "cspm";

/// Indicators of misconfiguration: what every other feature of `cspm` needs.
const IOM: &str = "iom";

/// What the older interface has a switch for
/// (<https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/registration_a_w_s_account_ext_v2.go>).
const OLDER_FEATURES: [&str; 5] = [IOM, "ioa", "sensormgmt", "dspm", "vulnerability_scanning"];

impl OnboardingRules {
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &OnboardingConfig) -> Result<Self, Vec<OnboardingConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: &str| {
            problems.push(OnboardingConfigProblem { key: key.to_owned(), problem: problem.to_owned() });
        };
        let registration = match config.registration {
            Registration::CloudSecurity => Some(RegistrationApi::CloudSecurity),
            Registration::Cspm => Some(RegistrationApi::Cspm),
            Registration::None => None,
        };
        let products = products(config, &mut refuse);
        let mut filled = |key: &str, text: &str, fits: fn(&str) -> bool, problem: &str| {
            if !text.is_empty() && !fits(text) {
                refuse(key, problem);
            }
            (!text.is_empty()).then(|| text.to_owned())
        };
        let organization =
            filled("organization", &config.organization, is_organization, "it must be such as `o-exampleorgid`");
        let falcon_role =
            filled("falcon_role", &config.falcon_role, is_role_name, "it must be the name of a role, without its path");
        let association_role = filled(
            "association_role",
            &config.association_role,
            is_role_name,
            "it must be the name of a role, without its path",
        );
        let config_bucket =
            filled("config_bucket", &config.config_bucket, is_bucket, "it must be the name of a bucket");
        let trail_region =
            (!config.trail_region.is_empty()).then(|| region("trail_region", &config.trail_region, &mut refuse));
        let regions: Vec<Region> = config
            .regions
            .iter()
            .enumerate()
            .filter_map(|(index, text)| region(&format!("regions[{index}]"), text, &mut refuse))
            .collect();
        let partitions: Vec<&str> = regions.iter().map(Region::partition).collect();
        if partitions.windows(2).any(|pair| pair[0] != pair[1]) {
            refuse("regions", "no account is in more than one partition: name regions of one");
        }
        let rule_function = (!config.rule_function.is_empty()).then(|| {
            let read = config.rule_function.parse::<FunctionArn>();
            read.map_err(|error| refuse("rule_function", &error.to_string())).ok()
        });
        if !(1..=1440).contains(&config.role_wait_minutes) {
            refuse("role_wait_minutes", "it must be from 1 to 1440");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            registration,
            products,
            role_wait: SignedDuration::from_mins(config.role_wait_minutes.into()),
            config_bucket,
            rule_function: rule_function.flatten(),
            association_role,
            organization,
            falcon_role,
            trail_region: trail_region.flatten(),
            uses_existing_trail: config.use_existing_trail,
            regions,
        })
    }

    /// Where an account is prepared, if the hub is in `home`.
    pub fn regions(&self, home: &Region) -> Vec<Region> {
        if self.regions.is_empty() { vec![home.clone()] } else { self.regions.clone() }
    }

    /// What is asked of Falcon for an account, if anything is.
    pub fn wanted_registration(&self, account: AccountId, home: &Region) -> Option<WantedRegistration> {
        let partition = home.partition();
        let role = |name: &String| format!("arn:{partition}:iam::{account}:role/{name}");
        Some(WantedRegistration {
            api: self.registration?,
            account,
            government: partition == "aws-us-gov",
            organization: self.organization.clone(),
            role_arn: self.falcon_role.as_ref().map(role),
            trail_region: self.trail_region.as_ref().unwrap_or(home).clone(),
            uses_existing_trail: self.uses_existing_trail,
            products: self.products.clone(),
        })
    }
}

fn products(config: &OnboardingConfig, refuse: &mut impl FnMut(&str, &str)) -> Products {
    let mut products = Products::new();
    for (index, text) in config.features.iter().enumerate() {
        let key = format!("features[{index}]");
        let is_name = |name: &str| {
            (1..=64).contains(&name.len()) && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        match text.split_once('/') {
            Some((product, feature)) if is_name(product) && is_name(feature) => {
                if config.registration == Registration::Cspm && !(product == CSPM && OLDER_FEATURES.contains(&feature))
                {
                    refuse(&key, &format!("the older interface knows only {CSPM}/ {}", OLDER_FEATURES.join(", ")));
                }
                products.entry(product.to_owned()).or_default().insert(feature.to_owned());
            }
            _ => refuse(&key, "it must be a product and a feature of it, such as `cspm/iom`"),
        }
    }
    if products.is_empty() && config.registration != Registration::None {
        refuse("features", "name at least one, such as `cspm/iom`");
    }
    if let Some(features) = products.get_mut(CSPM) {
        features.insert(IOM.to_owned());
    }
    products
}

fn region(key: &str, text: &str, refuse: &mut impl FnMut(&str, &str)) -> Option<Region> {
    text.parse().map_err(|error: crate::place::RegionError| refuse(key, &error.to_string())).ok()
}

/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>.
fn is_organization(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
    text.strip_prefix("o-").is_some_and(|id| (10..=32).contains(&id.len()) && id.bytes().all(fits))
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.
fn is_role_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte);
    text.len() <= 64 && text.bytes().all(fits)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
fn is_bucket(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    (3..=63).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests;
