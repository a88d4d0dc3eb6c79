//! Both API clients of Falcon, and what each may do.

use falconer_domain::doctor::{Check, Diagnosis, Subject};
use falconer_domain::onboarding::RegistrationApi;
use falconer_falcon::{Falcon, FalconError};
use futures_util::future;

use super::obstacle::Obstacle;
use super::{Doctor, in_time};
use crate::falcon::FalconCloud;
use crate::onboard_account::registration::interface;

/// An instance and an alert that nobody has, and an indicator that no filter finds: only whether they may be asked for counts.
const NO_INSTANCE: &str = "i-00000000000000000";
const NO_ALERT: &str = "00000000000000000000000000000000:ind:00000000000000000000000000000000:0-0-0";
const NO_INDICATOR: &str = "indicator:'doctor.falconer.invalid'";

/// Not the gateway's: a question for the streams of its appId could come into its way.
const APP_ID: &str = "falconerdoctor";

/// What is asked of Falcon to see whether it may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Hosts,
    UpdatePolicies,
    Alerts,
    Indicators,
    EventStreams,
    Registrations(RegistrationApi),
    Installers,
    InstallationTokens,
}

/// What somebody who gets hold of a token for installs must not be able to read.
const EXCESS: [Question; 3] = [Question::Hosts, Question::UpdatePolicies, Question::Alerts];

impl Question {
    /// What it is about, and what needs it.
    fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Hosts => ("hosts", "check-compliance, install-sensor and the gateway"),
            Self::UpdatePolicies => ("sensor update policies", "check-compliance"),
            Self::Alerts => ("alerts", "findings that name no indicator (contain-finding)"),
            Self::Indicators => ("indicators", "refresh-hunt-list"),
            Self::EventStreams => ("event streams", "the gateway"),
            Self::Registrations(_) => ("cloud registration", "onboard-account"),
            Self::Installers => ("sensor download", "install-sensor"),
            Self::InstallationTokens => ("installation tokens", "install-sensor"),
        }
    }

    async fn ask(self, falcon: &Falcon, account: &str) -> Result<(), FalconError> {
        match self {
            Self::Hosts => falcon.hosts(account, &[NO_INSTANCE]).await.map(drop),
            Self::UpdatePolicies => falcon.update_policies().await.map(drop),
            Self::Alerts => falcon.alerts(&[NO_ALERT]).await.map(drop),
            Self::Indicators => falcon.indicators(NO_INDICATOR).next_page().await.map(drop),
            Self::EventStreams => match APP_ID.parse() {
                Ok(app) => falcon.event_streams(&app).await.map(drop),
                // It is one, as the test below sees.
                Err(_) => Ok(()),
            },
            Self::Registrations(api) => falcon.registration(interface(api), account).await.map(drop),
            Self::Installers => falcon.ccid().await.map(drop),
            Self::InstallationTokens => falcon.installation_token().await.map(drop),
        }
    }
}

impl Doctor {
    /// The workers' API client, and whether it may ask which accounts Falcon knows.
    pub(super) async fn examine_api_client(&self) -> (Vec<Check>, bool) {
        let mut questions = vec![Question::Hosts, Question::UpdatePolicies, Question::Alerts, Question::EventStreams];
        if !self.hunts.lists.is_empty() {
            questions.push(Question::Indicators);
        }
        let (mut checks, falcon) = self.sign_in(&self.falcon, "falcon.credentials").await;
        let Some(falcon) = falcon else { return (checks, false) };
        let mut tells_registrations = false;
        if let Some(api) = self.onboarding.registration {
            let check = self.scope(&falcon, Question::Registrations(api)).await;
            tells_registrations = check.diagnosis.is_ok();
            checks.push(check);
        }
        checks.extend(future::join_all(questions.into_iter().map(|question| self.scope(&falcon, question))).await);
        self.sign_out(&falcon).await;
        (checks, tells_registrations)
    }

    pub(super) async fn examine_install_client(&self) -> Vec<Check> {
        let (mut checks, falcon) = self.sign_in(&self.installer, "falcon.install_credentials").await;
        if let Some(falcon) = falcon {
            let questions = [Question::Installers, Question::InstallationTokens];
            checks.extend(future::join_all(questions.map(|question| self.scope(&falcon, question))).await);
            let excess = in_time(self.excess(&falcon)).await;
            checks.push(self.check(Subject::Excess, "falcon.install_credentials", excess));
            self.sign_out(&falcon).await;
        }
        checks
    }

    /// A client with a token, if its credentials are taken.
    async fn sign_in(&self, cloud: &FalconCloud, key: &str) -> (Vec<Check>, Option<Falcon>) {
        if !cloud.is_configured() {
            let without = if key == "falcon.credentials" {
                "check-compliance, install-sensor, refresh-hunt-list, onboard-account and the gateway cannot work"
            } else {
                "install-sensor cannot work"
            };
            let diagnosis = Diagnosis::note(
                &format!("{key} is empty: {without}."),
                "Create an API client in the Falcon console, keep it as a SecureString or a secret, and name it there.",
            );
            return (vec![self.check(Subject::ApiClient, key, diagnosis)], None);
        }
        let mut client = None;
        let diagnosis = in_time(async {
            let falcon = match cloud.fresh().await {
                Ok(falcon) => falcon,
                Err(error) => return error.diagnosis(&self.worker()),
            };
            match falcon.sign_in().await {
                Ok(()) => {
                    client = Some(falcon);
                    Diagnosis::ok("Falcon gives it a token.")
                }
                Err(error) => error.diagnosis(&self.worker()),
            }
        })
        .await;
        (vec![self.check(Subject::ApiClient, key, diagnosis)], client)
    }

    /// Leaves no token behind. One that cannot be given back ends by itself.
    async fn sign_out(&self, falcon: &Falcon) {
        drop(tokio::time::timeout(super::PATIENCE, falcon.revoke()).await);
    }

    async fn scope(&self, falcon: &Falcon, question: Question) -> Check {
        let (about, needed_by) = question.about();
        let account = self.accounts.hub().place.account.to_string();
        let diagnosis = in_time(async {
            match question.ask(falcon, &account).await {
                Ok(()) => Diagnosis::ok(&format!("The API client has it, for {needed_by}.")),
                Err(error) => error.diagnosis(&self.worker()),
            }
        })
        .await;
        // Whoever runs no gateway needs no streams.
        let diagnosis = if question == Question::EventStreams { diagnosis.at_most_a_note() } else { diagnosis };
        self.check(Subject::Scope, about, diagnosis)
    }

    async fn excess(&self, falcon: &Falcon) -> Diagnosis {
        let account = self.accounts.hub().place.account.to_string();
        let answers = EXCESS.map(async |question| (question.about().0, question.ask(falcon, &account).await));
        let answers = future::join_all(answers).await;
        let readable: Vec<&str> =
            answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(about, _)| *about).collect();
        let unsure = answers.iter().find_map(|(_, answer)| match answer {
            Ok(()) | Err(FalconError::AccessDenied { .. }) => None,
            Err(error) => Some(error),
        });
        match (readable.as_slice(), unsure) {
            ([], None) => Diagnosis::ok("It can read neither hosts nor policies nor alerts."),
            ([], Some(error)) => error.diagnosis(&self.worker()),
            (readable, _) => Diagnosis::broken(
                &format!(
                    "It can read {} too, and so can everybody who reads a command that installs a sensor: it holds a token of this client.",
                    readable.join(", ")
                ),
                "Give installs an API client of their own with the scopes \"Sensor Download: Read\" and \"Installation Tokens: Read\", and \
                 no other.",
            ),
        }
    }

    fn check(&self, subject: Subject, name: &str, diagnosis: Diagnosis) -> Check {
        Check::of_account(self.accounts.hub().place.account, subject, diagnosis).named(name)
    }
}

#[cfg(test)]
mod tests {
    use falconer_falcon::AppId;

    use super::APP_ID;

    #[test]
    fn the_doctors_app_id_is_one() {
        assert!(APP_ID.parse::<AppId>().is_ok());
    }
}
