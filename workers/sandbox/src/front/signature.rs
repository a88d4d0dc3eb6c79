//! Who signed a request: the credential scope of Signature Version 4.
//!
//! The sandbox reads the scope and does not check the signature: it holds no secret that a signature could prove.
//! Format: <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::organization::Organization;
use crate::service::Service;
use crate::sts::{SessionRefused, Sts};
use crate::wire::{Caller, ServiceError};

/// `Credential=<key id>/<date>/<region>/<service>/aws4_request`.
#[derive(Debug, PartialEq, Eq)]
struct Scope<'a> {
    key: &'a str,
    region: &'a str,
    service: &'a str,
}

/// The service that the request is signed for, and who signed it.
///
/// # Errors
/// What AWS answers, with status 403, to a request without a signature, with one that is not whole, or with keys that
/// it does not know.
pub(super) fn read(
    headers: &HeaderMap,
    organization: &Organization,
    sts: &Sts,
) -> Result<(Service, Caller), ServiceError> {
    let missing = || ServiceError::new("MissingAuthenticationTokenException", "Missing Authentication Token");
    let header = headers.get(AUTHORIZATION).ok_or_else(missing)?;
    let header = header.to_str().map_err(|_| missing())?;
    let scope = scope(header).ok_or_else(|| {
        ServiceError::new(
            "IncompleteSignatureException",
            "Authorization header requires a whole 'Credential' parameter",
        )
    })?;
    let service = Service::of_signing_name(scope.service).ok_or_else(|| {
        ServiceError::new(
            "InvalidSignatureException",
            format!("Credential is scoped to '{}', not served here", scope.service),
        )
    })?;
    let token = headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    Ok((service, principal(&scope, token, organization, sts)?))
}

/// An account's own user.
pub(super) fn caller(organization: &Organization, account: &str, region: &str) -> Caller {
    let arn = organization.arn("iam", "", account, "user/sandbox");
    Caller { account: account.to_owned(), region: region.to_owned(), arn }
}

/// A session's key leads to its role; twelve digits are the account itself; any other key is the hub's.
fn principal(
    scope: &Scope<'_>,
    token: Option<&str>,
    organization: &Organization,
    sts: &Sts,
) -> Result<Caller, ServiceError> {
    let unknown =
        || ServiceError::new("UnrecognizedClientException", "The security token included in the request is invalid.");
    if scope.key.starts_with("ASIA") {
        let session = sts.session(scope.key, token).map_err(|reason| match reason {
            SessionRefused::Unknown => unknown(),
            SessionRefused::Expired => {
                ServiceError::new("ExpiredTokenException", "The security token included in the request is expired")
            }
        });
        let (account, arn) = session?;
        if !organization.holds(&account) {
            return Err(unknown());
        }
        return Ok(Caller { account, region: scope.region.to_owned(), arn });
    }
    let names_account = scope.key.len() == 12 && scope.key.bytes().all(|byte| byte.is_ascii_digit());
    if names_account && !organization.holds(scope.key) {
        return Err(unknown());
    }
    let account = if names_account { scope.key } else { &organization.hub };
    Ok(caller(organization, account, scope.region))
}

fn scope(header: &str) -> Option<Scope<'_>> {
    let parameters = header.strip_prefix("AWS4-HMAC-SHA256")?;
    let credential = parameters.split(',').find_map(|part| part.trim().strip_prefix("Credential="))?;
    let mut parts = credential.split('/');
    let (key, _date, region, service) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    (parts.next() == Some("aws4_request") && !key.is_empty()).then_some(Scope { key, region, service })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_whatever_the_order_of_the_parameters() {
        let header = "AWS4-HMAC-SHA256 SignedHeaders=host, Credential=AKIDEXAMPLE/20240101/us-east-1/states/aws4_request, Signature=0";
        let expected = Scope { key: "AKIDEXAMPLE", region: "us-east-1", service: "states" };
        assert_eq!(scope(header), Some(expected));
        assert_eq!(scope("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240101/us-east-1"), None);
        assert_eq!(scope("Bearer abc"), None);
    }
}
