//! What may stand as the text of a field whose name ends in `.$` or `Path`: a path or an intrinsic function.

use serde_json::Value;

use super::Scope;
use super::intrinsic::Call;
use super::path::Path;
use crate::states::failure::Failure;

/// A path (`$.finding.Id`, `$$.Execution.Name`) or a call (`States.Format('{}', $.name)`).
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    /// A path into the input or the context object.
    Path(Path),
    /// An intrinsic function with its arguments.
    Call(Call),
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('$') { Path::parse(text).map(Self::Path) } else { Call::parse(text).map(Self::Call) }
    }

    /// Works the expression out.
    ///
    /// # Errors
    /// `States.Runtime` for a path that finds nothing, `States.IntrinsicFailure` for a function that cannot take its
    /// arguments.
    pub(crate) fn value(&self, scope: Scope<'_>) -> Result<Value, Failure> {
        match self {
            Self::Path(path) => path.value(scope),
            Self::Call(call) => call.value(scope),
        }
    }
}
