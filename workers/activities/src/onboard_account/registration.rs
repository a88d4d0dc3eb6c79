//! Falcon's cloud security, as this runbook asks it: the domain's words in the client's.

use falconer_domain::onboarding::{Registered, RegistrationApi, WantedRegistration};
use falconer_domain::place::AccountId;
use falconer_falcon::{NewRegistration, Product, Registration, RegistrationApi as Interface};

use crate::falcon::{FalconCallError, FalconCloud};

/// What Falcon knows of an account, if it knows it.
///
/// # Errors
/// See [`FalconCallError`].
pub async fn standing(
    falcon: &FalconCloud,
    api: RegistrationApi,
    account: AccountId,
) -> Result<Option<Registration>, FalconCallError> {
    falcon.ask(async |falcon| falcon.registration(interface(api), &account.to_string()).await).await
}

/// Has Falcon know the account, and do in it what is wanted; whether anything had to be changed for it.
///
/// It is asked first, so that an account that is registered as it should be is registered no second time. Harmless when repeated.
pub(super) async fn register(
    falcon: &FalconCloud,
    wanted: &WantedRegistration,
) -> Result<(Registration, bool), FalconCallError> {
    let standing = standing(falcon, wanted.api, wanted.account).await?;
    let wanted = asked(wanted);
    falcon
        .ask(async |falcon| {
            let known = match standing {
                Some(known) => known,
                None => match falcon.register(&wanted).await? {
                    falconer_falcon::Registered::Now(registration) => return Ok((registration, true)),
                    falconer_falcon::Registered::Already(registration) => registration,
                },
            };
            if known.lacks(&wanted).is_empty() {
                Ok((known, false))
            } else {
                Ok((falcon.update_registration(&known, &wanted).await?, true))
            }
        })
        .await
}

/// Has Falcon forget the account. Harmless when repeated.
pub(super) async fn deregister(
    falcon: &FalconCloud,
    api: RegistrationApi,
    account: AccountId,
) -> Result<(), FalconCallError> {
    falcon.ask(async |falcon| falcon.deregister(interface(api), &account.to_string()).await).await
}

/// What Falcon does not do in the account although it is wanted, as `product/feature`.
pub(crate) fn lacks(standing: &Registration, wanted: &WantedRegistration) -> Vec<String> {
    standing.lacks(&asked(wanted))
}

/// What a registration gives, without the external id.
pub(super) fn given(wanted: &WantedRegistration, registration: &Registration, already: bool) -> Registered {
    let Registration { role_arn, falcon_role_arn, status, .. } = registration;
    Registered::of(wanted, already, role_arn.as_deref(), falcon_role_arn.as_deref(), status.as_deref())
}

pub(crate) fn interface(api: RegistrationApi) -> Interface {
    match api {
        RegistrationApi::CloudSecurity => Interface::CloudSecurity,
        RegistrationApi::Cspm => Interface::Cspm,
    }
}

fn asked(wanted: &WantedRegistration) -> NewRegistration {
    let product = |(name, features): (&String, _)| Product { name: name.clone(), features: Vec::from_iter(features) };
    NewRegistration {
        api: interface(wanted.api),
        account: wanted.account.to_string(),
        government: wanted.government,
        organization: wanted.organization.clone(),
        role_arn: wanted.role_arn.clone(),
        trail_region: wanted.trail_region.to_string(),
        uses_existing_trail: wanted.uses_existing_trail,
        products: wanted.products.iter().map(|(name, features)| product((name, features.iter().cloned()))).collect(),
    }
}
