//! Intrinsic functions: `States.Format('{}', $.name)` and its kin.
//!
//! Sources: <https://states-language.net/spec.html#intrinsic-functions> for the syntax,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html> for the functions and their limits.

mod arrays;
mod function;
mod numbers;
mod parse;
mod strings;

use serde_json::Value;

use super::Scope;
use super::path::Path;
use crate::states::failure::Failure;
use function::Function;

/// The most calls that one expression may hold, nested or side by side.
const MAX_CALLS: usize = 10;

/// A call of an intrinsic function.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Clone, Debug)]
enum Argument {
    /// A text between single quotes, its escapes still in it: `States.Format` must tell `\{` from `{`.
    Quoted(String),
    Literal(Value),
    Path(Path),
    Call(Call),
}

impl Call {
    /// Reads a call with all the calls in it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it: its syntax, an unknown function, the number of arguments.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let call = parse::call(text)?;
        if call.count() > MAX_CALLS {
            return Err(format!("'{text}' nests more than {MAX_CALLS} intrinsic functions"));
        }
        Ok(call)
    }

    /// Works the call out.
    ///
    /// # Errors
    /// `States.IntrinsicFailure` if the function cannot take its arguments, `States.Runtime` for a path that finds
    /// nothing.
    pub(crate) fn value(&self, scope: Scope<'_>) -> Result<Value, Failure> {
        let arguments = self.arguments.iter().map(|argument| self.argument(argument, scope));
        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
        self.function.apply(&arguments, scope.random).map_err(|problem| {
            Failure::new("States.IntrinsicFailure", format!("{} failed: {problem}", self.function.name()))
        })
    }

    fn argument(&self, argument: &Argument, scope: Scope<'_>) -> Result<Value, Failure> {
        match argument {
            Argument::Quoted(text) if self.function == Function::Format => Ok(Value::String(text.clone())),
            Argument::Quoted(text) => Ok(Value::String(strings::unescape(text))),
            Argument::Literal(value) => Ok(value.clone()),
            Argument::Path(path) => path.value(scope),
            Argument::Call(call) => call.value(scope),
        }
    }

    fn count(&self) -> usize {
        let inner = self.arguments.iter().map(|argument| match argument {
            Argument::Call(call) => call.count(),
            _ => 0,
        });
        1 + inner.sum::<usize>()
    }
}

#[cfg(test)]
mod tests;
