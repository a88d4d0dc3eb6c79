//! What a failed call means, and how to mend it.

use falconer_domain::doctor::Diagnosis;
use falconer_falcon::FalconError;

use crate::accounts::AccountError;
use crate::falcon::FalconCallError;
use crate::firewall::{FirewallError, ReadError};
use crate::fleet::ConfigError;
use crate::security_hub::SecurityHubError;
use crate::switch::SwitchError;
use crate::systems_manager::SystemsManagerError;

/// What is done about a service that did not answer.
const AGAIN: &str = "Ask again. If it stays so, look at the service's health.";

/// A failed call, as a diagnosis. `role` is who made it: whoever lacks a permission is named.
pub(super) trait Obstacle {
    /// What it means.
    fn diagnosis(&self, role: &str) -> Diagnosis;
}

fn denied(action: &str, reason: &str, role: &str) -> Diagnosis {
    Diagnosis::broken(&format!("{action} is not allowed: {reason}"), &format!("Grant {action} to {role}."))
}

fn silent(call: &str, reason: &str) -> Diagnosis {
    Diagnosis::unknown(&format!("{call} was not answered: {reason}"), AGAIN)
}

fn refused(call: &str, reason: &str) -> Diagnosis {
    Diagnosis::broken(&format!("{call} was refused: {reason}"), "See the service's own words.")
}

impl Obstacle for ConfigError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { call, reason, .. } => silent(call, reason),
            Self::AccessDenied { call, reason, .. } => denied(&format!("config:{call}"), reason, role),
            Self::Rejected { call, reason, .. } => refused(call, reason),
            Self::ResultTokenExpired { reason, .. } => refused("PutEvaluations", reason),
        }
    }
}

impl Obstacle for SystemsManagerError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { call, reason, .. } => silent(call, reason),
            Self::AccessDenied { call, reason, .. } => denied(&format!("ssm:{call}"), reason, role),
            Self::Rejected { call, reason, .. } => refused(call, reason),
        }
    }
}

impl Obstacle for SecurityHubError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { call, reason } => silent(call, reason),
            Self::AccessDenied { call, reason } => denied(&format!("securityhub:{call}"), reason, role),
            Self::Rejected { call, reason } => refused(call, reason),
            Self::NotAnnotated { .. } => refused("BatchUpdateFindings", &self.to_string()),
        }
    }
}

impl Obstacle for FirewallError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { call, reason, .. } => silent(call, reason),
            Self::AccessDenied { call, reason, .. } => denied(&format!("network-firewall:{call}"), reason, role),
            Self::NotFound { resource } => Diagnosis::broken(
                &format!("Network Firewall has no {resource}."),
                "Create a stateful rule group of Suricata rules by this name, and add it to the policy that the firewall uses; or name \
                 another one in the configuration (firewall.block_groups, hunt.group).",
            ),
            Self::Rejected { call, reason, .. } => refused(call, reason),
        }
    }
}

impl Obstacle for ReadError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Call(error) => error.diagnosis(role),
            Self::GroupNotSuricata { .. } => Diagnosis::broken(
                "It holds no Suricata rules (RulesString), and so it cannot hold Falconer's.",
                "Name a group that does in the configuration (firewall.block_groups, hunt.group).",
            ),
        }
    }
}

impl Obstacle for SwitchError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { call, reason, .. } => silent(call, reason),
            Self::Refused { call, reason, .. } => denied(&format!("ssm:{call}"), reason, role),
        }
    }
}

impl Obstacle for AccountError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::Unavailable { reason, .. } => silent("AssumeRole", reason),
            Self::Refused { role: wanted, reason } => Diagnosis::broken(
                &format!("{wanted} cannot be assumed: {reason}"),
                &format!(
                    "See that the account has the role, that it trusts {role}, and that accounts.external_id is the one that it \
                     demands. A StackSet may take some minutes to bring it to a new account."
                ),
            ),
        }
    }
}

impl Obstacle for FalconCallError {
    fn diagnosis(&self, role: &str) -> Diagnosis {
        match self {
            Self::StoreUnavailable { reason, .. } => silent("GetParameter", reason),
            Self::NoCredentials { parameter, reason } => Diagnosis::broken(
                &format!("Its id and secret cannot be read from {parameter:?}: {reason}"),
                &format!(
                    "See that the parameter is there, that {role} may read it (ssm:GetParameter; for a secret also \
                     secretsmanager:GetSecretValue, for a key of your own kms:Decrypt), and that it holds a JSON object with \
                     clientId and clientSecret."
                ),
            ),
            Self::Unreadable { .. } => Diagnosis::unknown(&self.to_string(), AGAIN),
            Self::Falcon(error) => error.diagnosis(role),
        }
    }
}

impl Obstacle for FalconError {
    fn diagnosis(&self, _: &str) -> Diagnosis {
        match self {
            Self::AccessDenied { call, reason, remedy } => {
                Diagnosis::broken(&format!("Falcon does not allow {call}: {reason}"), &format!("{remedy}."))
            }
            Self::Malformed { call, problem } => Diagnosis::broken(
                &format!("What came back for {call} is no answer of Falcon: {problem}"),
                "Check falcon.cloud, and proxies on the way.",
            ),
            Self::NoInstallationToken => Diagnosis::broken(
                "Falcon demands an installation token and has none that is valid.",
                "Create one in the Falcon console (Host setup and management > Installation tokens), or demand none.",
            ),
            Self::NoEventStreams { .. } => Diagnosis::broken(
                "Falcon gives no event stream.",
                "Event Streams may not be enabled for this customer: ask CrowdStrike's support for them.",
            ),
            _ if self.is_transient() => Diagnosis::unknown(&self.to_string(), AGAIN),
            _ => Diagnosis::unknown(&self.to_string(), "See Falcon's own words."),
        }
    }
}
