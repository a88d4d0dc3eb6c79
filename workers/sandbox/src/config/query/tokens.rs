//! The words and signs of a query.

use std::fmt;

/// One word or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a property.
    Word(String),
    /// A value between quotes.
    Text(String),
    /// `,`, `(`, `)`, `=` or `*`.
    Sign(char),
}

impl Token {
    /// Whether it is this keyword; upper and lower case are the same.
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => formatter.write_str(word),
            Self::Text(text) => write!(formatter, "'{text}'"),
            Self::Sign(sign) => write!(formatter, "{sign}"),
        }
    }
}

/// The tokens of a query, or what cannot be read of it.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            ',' | '(' | ')' | '=' | '*' => (Token::Sign(first), &rest[1..]),
            '\'' => {
                let (value, after) = rest[1..].split_once('\'').ok_or("a value lacks its closing quote")?;
                (Token::Text(value.to_owned()), after)
            }
            _ if is_of_a_word(first) => {
                let end = rest.find(|character| !is_of_a_word(character)).unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), &rest[end..])
            }
            _ => return Err(format!("the sandbox does not know '{first}'")),
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn is_of_a_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._".contains(character)
}
