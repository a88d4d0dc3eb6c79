//! Filters in Falcon's query language, FQL: `field:'value'`, `field:['one','other']`, joined with `+` for "and".
//!
//! <https://falconpy.io/Falcon-Query-Language>. That page knows no way to write a quote into a value, and in some of Falcon's
//! APIs an asterisk in one stands for anything. So there is no escaping here: a text with a character that could be more
//! than a character of a value does not become one.

use std::fmt;

/// A filter, as a request sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter(String);

/// A text that is a value in FQL and can be nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    /// Letters and digits of ASCII, and `-`, `_` and `.`: what instance ids, account ids, versions and names of platforms
    /// are made of. A text with anything else is none of them.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
        (!text.is_empty() && text.chars().all(plain)).then_some(Self(text))
    }
}

impl Filter {
    /// The field has this value.
    pub(crate) fn is(field: &'static str, value: Literal<'_>) -> Self {
        Self(format!("{field}:'{}'", value.0))
    }

    /// The field has this value, or one that comes after it.
    pub(crate) fn is_at_least(field: &'static str, value: Literal<'_>) -> Self {
        Self(format!("{field}:>='{}'", value.0))
    }

    /// The field has one of these values.
    pub(crate) fn is_one_of(field: &'static str, values: &[Literal<'_>]) -> Self {
        let values: Vec<String> = values.iter().map(|value| format!("'{}'", value.0)).collect();
        Self(format!("{field}:[{}]", values.join(",")))
    }

    /// Both hold.
    pub(crate) fn and(self, other: &Self) -> Self {
        Self(format!("{self}+{other}"))
    }

    /// Of what passes a filter that people wrote, what passes this one too. Theirs is kept together if it has an "or";
    /// parentheses group, <https://github.com/CrowdStrike/falcon-mcp/pull/99>.
    pub(crate) fn within(&self, written: &str) -> String {
        match (written.is_empty(), has_or(written)) {
            (true, _) => self.0.clone(),
            (false, false) => format!("{written}+{self}"),
            (false, true) => format!("({written})+{self}"),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a filter has a comma outside of its values, lists and parentheses.
fn has_or(filter: &str) -> bool {
    let (mut quote, mut depth) = (None, 0);
    filter.chars().any(|character| {
        match (quote, character) {
            (Some(begun), _) => quote = quote.filter(|_| character != begun),
            (None, '\'' | '"') => quote = Some(character),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth -= 1,
            (None, ',') => return depth == 0,
            _ => {}
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Literal<'_> {
        Literal::of(text).unwrap()
    }

    #[test]
    fn values_are_quoted_and_joined() {
        let filter = Filter::is("service_provider_account_id", literal("111122223333"))
            .and(&Filter::is_one_of("instance_id", &[literal("i-0a"), literal("i-0b")]));
        assert_eq!(filter.as_str(), "service_provider_account_id:'111122223333'+instance_id:['i-0a','i-0b']");
    }

    #[test]
    fn an_or_that_people_wrote_is_kept_together() {
        let from = Filter::is_at_least("_marker", literal("17f"));
        for (written, expected) in [
            ("", "_marker:>='17f'"),
            ("type:'domain'", "type:'domain'+_marker:>='17f'"),
            ("type:['domain','url']+actors:'A,B'", "type:['domain','url']+actors:'A,B'+_marker:>='17f'"),
            ("actors:\"A','B\"", "actors:\"A','B\"+_marker:>='17f'"),
            ("(actors:'A',actors:'B')+type:'url'", "(actors:'A',actors:'B')+type:'url'+_marker:>='17f'"),
            ("actors:'A',actors:'B'", "(actors:'A',actors:'B')+_marker:>='17f'"),
            ("deleted:false,type:['url']", "(deleted:false,type:['url'])+_marker:>='17f'"),
        ] {
            assert_eq!(from.within(written), expected);
        }
    }

    #[test]
    fn a_text_that_could_be_more_than_a_value_is_none() {
        for text in
            ["", "i-0a'", "i-0a'],platform_name:['Linux", "i-*", "i-0a\\", "i-0a,i-0b", "i-0a\n", "ï-0a", "i 0a", "a+b"]
        {
            assert_eq!(Literal::of(text), None, "{text}");
        }
    }
}
