//! What a parameter may be called.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>.

use super::invalid;
use crate::wire::ServiceError;

/// Levels of a hierarchy, the name itself included.
const MAX_LEVELS: usize = 15;
/// Characters of a parameter's ARN.
const MAX_ARN: usize = 1011;

/// A name without the spaces around it, which the service takes off.
///
/// # Errors
/// `ValidationException` for a name that no parameter can have, and for a reference (an ARN, a version, a label), which
/// the sandbox does not serve.
pub(super) fn read(name: &str) -> Result<&str, ServiceError> {
    let name = name.trim_matches(' ');
    let symbols = |character: char| character.is_ascii_alphanumeric() || "_.-/".contains(character);
    if name.contains(':') {
        return Err(invalid(format!("The sandbox serves names only, no ARNs, versions or labels: {name}")));
    }
    if name.is_empty() || !name.chars().all(symbols) {
        return Err(invalid(
            "Parameter name: can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of \
             letters, numbers and the following 3 symbols .-_",
        ));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(invalid("Parameter name must be a fully qualified name."));
    }
    Ok(name)
}

/// Whether a parameter may be made under a name that [`read`] has read.
///
/// # Errors
/// `ValidationException`, `HierarchyLevelLimitExceededException`; `AccessDeniedException` for AWS's own parameters.
pub(super) fn check_new(name: &str, arn: &str) -> Result<(), ServiceError> {
    let levels: Vec<&str> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
    if levels.iter().any(|level| level.is_empty()) {
        return Err(invalid("Parameter name: a sub-path between two slashes must not be empty"));
    }
    let first = levels.first().copied().unwrap_or_default().to_ascii_lowercase();
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Err(if name.starts_with('/') {
            ServiceError::new("AccessDeniedException", format!("No access to reserved parameter name: {name}."))
        } else {
            invalid("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).")
        });
    }
    if levels.len() > MAX_LEVELS {
        let message = format!("A parameter hierarchy can have at most {MAX_LEVELS} levels.");
        return Err(ServiceError::new("HierarchyLevelLimitExceededException", message));
    }
    if arn.len() > MAX_ARN {
        return Err(invalid(format!("Parameter name: its ARN can have at most {MAX_ARN} characters")));
    }
    Ok(())
}
