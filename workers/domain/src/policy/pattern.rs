//! Patterns with `*`, for what a configuration names.

/// A pattern for the types of findings: `*` stands for any characters, and case does not matter.
#[derive(Clone, Debug)]
pub(super) struct TypePattern(String);

/// A pattern for product ARNs: `*` stands for any characters of one segment, between `:` and `/`.
#[derive(Clone, Debug)]
pub(super) struct ArnPattern(String);

impl TypePattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self(pattern.to_ascii_lowercase())
    }

    pub(super) fn matches(&self, kind: &str) -> bool {
        matches(self.0.as_bytes(), kind.to_ascii_lowercase().as_bytes())
    }
}

impl ArnPattern {
    /// Security Hub's own product for whatever an account writes under its own name.
    const DEFAULT_PRODUCT: &str = "default";

    /// A pattern such as `arn:aws:securityhub:*::product/aws/guardduty`.
    ///
    /// # Errors
    /// What is wrong with it. Above all it may not match the default product, under which anybody who may import findings
    /// in an account can write what he likes.
    pub(super) fn new(pattern: &str) -> Result<Self, &'static str> {
        const FORM: &str = "it must be a product's ARN, such as `arn:aws:securityhub:*::product/aws/guardduty`";
        let parts: Vec<&str> = pattern.split(':').collect();
        let [arn, _, service, _, _, product] = parts[..] else {
            return Err(FORM);
        };
        let segments: Vec<&str> = product.split('/').collect();
        let [kind, company, name] = segments[..] else {
            return Err(FORM);
        };
        if arn != "arn" || service != "securityhub" || !matches!(kind, "product" | "productv2") || name.is_empty() {
            return Err(FORM);
        }
        let is_account = company.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*');
        if is_account && matches(name.as_bytes(), Self::DEFAULT_PRODUCT.as_bytes()) {
            return Err(
                "it matches `product/<account>/default`, under which everybody in the account can write findings",
            );
        }
        Ok(Self(pattern.to_owned()))
    }

    pub(super) fn matches(&self, arn: &str) -> bool {
        let (pattern, arn) = (segments(&self.0), segments(arn));
        pattern.len() == arn.len()
            && pattern.iter().zip(arn).all(|(pattern, text)| matches(pattern.as_bytes(), text.as_bytes()))
    }
}

/// Each with the separator that ends it, so that one cannot stand for the other.
fn segments(text: &str) -> Vec<&str> {
    text.split_inclusive([':', '/']).collect()
}

/// Whether `pattern` stands for the whole of `text`. Linear for a pattern with one `*`, never worse than the product of
/// the lengths: on a mismatch only the last `*` can take more.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut last_star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                last_star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star, taken)) = last_star else {
                    return false;
                };
                last_star = Some((star, taken + 1));
                at = star + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
