//! Lists that come page by page: the next token is opaque to the caller, and here the number of what was already seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One page, and the token of the next one if there is any.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// The token is not one that an earlier page gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadToken;

/// At most `size` of `items`, after those that the page of `token` ended with.
///
/// # Errors
/// [`BadToken`].
pub(crate) fn page<T>(items: impl Iterator<Item = T>, size: usize, token: Option<&str>) -> Result<Page<T>, BadToken> {
    let seen = token.map_or(Ok(0), seen)?;
    let mut rest = items.skip(seen);
    let items: Vec<T> = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| STANDARD.encode(format!("seen:{}", seen + items.len())));
    Ok(Page { items, next })
}

fn seen(token: &str) -> Result<usize, BadToken> {
    let bytes = STANDARD.decode(token).map_err(|_| BadToken)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| BadToken)?;
    text.strip_prefix("seen:").and_then(|number| number.parse().ok()).ok_or(BadToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_until_nothing_is_left() {
        let first = page(0..5, 3, None).unwrap();
        assert_eq!(first.items, [0, 1, 2]);
        let second = page(0..5, 3, first.next.as_deref()).unwrap();
        assert_eq!((second.items, second.next), (vec![3, 4], None));
    }

    #[test]
    fn an_invented_token_is_refused() {
        assert_eq!(page(0..5, 3, Some("AAAA")).err(), Some(BadToken));
    }
}
