//! The syntax of Suricata rules, as far as a service must know it to refuse a rule that the engine would not load.
//!
//! Rule format: <https://docs.suricata.io/en/suricata-7.0.10/rules/intro.html>; what Network Firewall leaves out:
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html>.

use std::collections::HashSet;

use super::suricata_header::{self, Names};

/// Characters of one rule, <https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>.
const MAX_RULE_LENGTH: usize = 8192;

/// Keywords that Network Firewall does not take.
const UNSUPPORTED: [&str; 6] = ["dataset", "datarep", "filestore", "iprep", "lua", "luaxform"];

/// `pcre` stands only in a rule with one of these (same page).
const BESIDE_PCRE: [&str; 4] = ["content", "tls.sni", "http.host", "dns.query"];

/// The keywords of QUIC; the user guide leaves out two that the engine has
/// (<https://docs.suricata.io/en/suricata-7.0.10/rules/quic-keywords.html>, `suricata --list-keywords`). What Network
/// Firewall says of QUIC is that it knows the protocol (`StatefulRuleProtocol`,
/// <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Header.html>).
const QUIC: [&str; 5] = ["quic.cyu.hash", "quic.cyu.string", "quic.sni", "quic.ua", "quic.version"];

/// Keywords whose value stands in quotation marks.
const QUOTED: [&str; 3] = ["msg", "content", "pcre"];

/// A rule that the engine would not load.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("StatefulRule is invalid, rule: [{rule}], reason: [{reason}]")]
pub(super) struct InvalidRule {
    /// The rule, or its beginning.
    pub(super) rule: String,
    pub(super) reason: String,
}

/// Counts the rules of a text, after checking each.
///
/// # Errors
/// [`InvalidRule`], for the first that is wrong.
pub(super) fn count(text: &str, names: &Names, strict_order: bool) -> Result<usize, InvalidRule> {
    let mut ids = HashSet::new();
    let mut rules = 0;
    for rule in lines(text) {
        let id = check(&rule, names, strict_order).map_err(|reason| refuse(&rule, reason))?;
        if !ids.insert(id) {
            return Err(refuse(&rule, format!("duplicate sid {id}")));
        }
        rules += 1;
    }
    Ok(rules)
}

fn refuse(rule: &str, reason: String) -> InvalidRule {
    InvalidRule { rule: rule.chars().take(160).collect(), reason }
}

/// The lines that hold rules; a line that ends with a backslash goes on in the next one.
fn lines(text: &str) -> Vec<String> {
    let mut rules = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let line = line.trim();
        if open.is_empty() && (line.is_empty() || line.starts_with('#')) {
            continue;
        }
        if let Some(begun) = line.strip_suffix('\\') {
            open.push_str(begun);
        } else {
            open.push_str(line);
            rules.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        rules.push(open);
    }
    rules
}

/// The rule's signature id, or what is wrong with the rule.
fn check(rule: &str, names: &Names, strict_order: bool) -> Result<u32, String> {
    if rule.chars().count() > MAX_RULE_LENGTH {
        return Err(format!("the rule has more than {MAX_RULE_LENGTH} characters"));
    }
    let (header, options) = rule.split_once('(').ok_or("the options in parentheses are missing")?;
    suricata_header::check(header, names)?;
    let options = options.trim_end().strip_suffix(')').ok_or("the rule does not end with )")?;
    let mut id = None;
    // The buffer that a content looks at: named by a keyword without a value that holds a dot, as http.host.
    let mut buffer = String::new();
    let (mut has_pcre, mut may_have_pcre) = (false, false);
    for option in split(options)? {
        let (keyword, value) =
            option.split_once(':').map_or((option, None), |(name, value)| (name, Some(value.trim())));
        let keyword = keyword.trim();
        let known = !keyword.is_empty()
            && keyword.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character));
        if !known {
            return Err(format!("illegal keyword {keyword}"));
        }
        if UNSUPPORTED.contains(&keyword) {
            return Err(format!("keyword {keyword} is not supported"));
        }
        if keyword.starts_with("quic.") && !QUIC.contains(&keyword) {
            return Err(format!("unknown rule keyword {keyword}"));
        }
        has_pcre |= keyword == "pcre";
        may_have_pcre |= BESIDE_PCRE.contains(&keyword);
        check_quotes(keyword, value)?;
        match (keyword, value) {
            ("priority", _) if strict_order => {
                return Err("keyword priority is not allowed in a rule group with STRICT_ORDER".to_owned());
            }
            ("sid", value) => {
                let number = value.and_then(|value| value.parse::<u32>().ok()).filter(|number| *number > 0);
                let number = number.ok_or("sid is not a number between 1 and 4294967295")?;
                if id.replace(number).is_some() {
                    return Err("sid stands twice".to_owned());
                }
            }
            ("rev", value) if value.and_then(|value| value.parse::<u32>().ok()).is_none() => {
                return Err("rev is not a number".to_owned());
            }
            ("content", Some(value)) => check_content(value, &buffer)?,
            (name, None) if name.contains('.') => name.clone_into(&mut buffer),
            _ => {}
        }
    }
    if has_pcre && !may_have_pcre {
        return Err(format!("keyword pcre is only allowed with {}", BESIDE_PCRE.join(", ")));
    }
    id.ok_or_else(|| "sid is missing".to_owned())
}

/// The options between their semicolons. As in the engine, a semicolon ends an option even within quotation marks,
/// unless a backslash stands before it.
fn split(options: &str) -> Result<Vec<&str>, String> {
    let mut found = Vec::new();
    let (mut begin, mut escaped) = (0, false);
    for (at, character) in options.char_indices() {
        match character {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ';' if !escaped => {
                found.push(options[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
        escaped = false;
    }
    if options[begin..].trim().is_empty() { Ok(found) } else { Err("an option does not end with ;".to_owned()) }
}

fn check_quotes(keyword: &str, value: Option<&str>) -> Result<(), String> {
    let value = value.unwrap_or_default();
    let value = value.strip_prefix('!').unwrap_or(value);
    if !value.starts_with('"') {
        let wants = QUOTED.contains(&keyword);
        return if wants { Err(format!("the value of {keyword} is not quoted")) } else { Ok(()) };
    }
    let within = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).filter(|_| value.len() > 1);
    let within = within.ok_or_else(|| format!("unbalanced quotation marks in {keyword}"))?;
    let mut escaped = false;
    for character in within.chars() {
        if character == '"' && !escaped {
            return Err(format!("unbalanced quotation marks in {keyword}"));
        }
        escaped = character == '\\' && !escaped;
    }
    if escaped { Err(format!("unbalanced quotation marks in {keyword}")) } else { Ok(()) }
}

/// Text and, between vertical bars, bytes in hexadecimal. The engine has `http.host` in lower case and refuses a
/// content that could never match it.
fn check_content(value: &str, buffer: &str) -> Result<(), String> {
    let value = value.trim_start_matches('!').trim_matches('"');
    if value.is_empty() {
        return Err("content is empty".to_owned());
    }
    for (number, part) in value.split('|').enumerate() {
        if number % 2 == 1 {
            let digits: String = part.chars().filter(|character| !character.is_whitespace()).collect();
            if digits.len() % 2 == 1 || !digits.chars().all(|character| character.is_ascii_hexdigit()) {
                return Err("content holds an illegal byte".to_owned());
            }
        } else if buffer == "http.host" && part.chars().any(|character| character.is_ascii_uppercase()) {
            return Err("content of http.host has upper-case letters".to_owned());
        }
    }
    if value.split('|').count().is_multiple_of(2) { Err("content has an open |".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS: &str = r#"drop tls $HOME_NET any -> $EXTERNAL_NET any (msg:"evil.example"; flow:to_server,established; tls.sni; dotprefix; content:".evil.example"; nocase; endswith; metadata:by falconer; sid:1; rev:1;)"#;

    fn reason(text: &str) -> String {
        count(text, &Names::default(), true).unwrap_err().reason
    }

    #[test]
    fn comments_blank_lines_and_continued_lines_are_no_rules_of_their_own() {
        let text = format!(
            "# ours\n\n{TLS}\ndrop ip $HOME_NET any <> [198.51.100.7, !203.0.113.0/24] any \\\n (msg:\"a\\;b \\\"c\\\"\"; sid:2;)\n"
        );
        assert_eq!(count(&text, &Names::default(), true), Ok(2));
        assert_eq!(count("", &Names::default(), true), Ok(0));
    }

    #[test]
    fn a_rule_that_the_engine_would_not_load_is_refused_with_its_reason() {
        for (rule, expected) in [
            ("block ip any any -> any any (sid:1;)", "action"),
            ("drop gopher any any -> any any (sid:1;)", "protocol"),
            ("drop ip any any => any any (sid:1;)", "direction"),
            ("drop ip 198.51.100.300 any -> any any (sid:1;)", "address"),
            ("drop ip $NOBODY any -> any any (sid:1;)", "variable"),
            ("drop tcp any 70000 -> any any (sid:1;)", "port"),
            ("drop ip any any -> any (sid:1;)", "seven"),
            ("drop ip any any -> any any", "parentheses"),
            ("drop ip any any -> any any (sid:1;", "end with )"),
            ("drop ip any any -> any any (sid:1)", "end with ;"),
            ("drop ip any any -> any any (msg:\"x\";)", "sid is missing"),
            ("drop ip any any -> any any (sid:0;)", "sid is not"),
            ("drop ip any any -> any any (msg:x; sid:1;)", "not quoted"),
            ("drop ip any any -> any any (msg:\"a\"b\"; sid:1;)", "unbalanced"),
            ("drop ip any any -> any any (content:\"|4|\"; sid:1;)", "illegal byte"),
            ("drop http any any -> any any (http.host; content:\"Evil\"; sid:1;)", "upper-case"),
            ("drop ip any any -> any any (priority:1; sid:1;)", "priority"),
            ("drop ip any any -> any any (dataset:set,x; sid:1;)", "not supported"),
            ("drop http any any -> any any (http.uri; pcre:\"/x/\"; sid:1;)", "pcre is only allowed"),
            ("drop quic any any -> any any (quic.name; content:\"x\"; sid:1;)", "unknown rule keyword"),
        ] {
            let reason = reason(rule);
            assert!(reason.contains(expected), "{rule}: {reason}");
        }
    }

    #[test]
    fn quic_is_known_and_pcre_may_stand_beside_a_content() {
        let quic =
            r#"drop quic any any -> any any (quic.sni; dotprefix; content:".evil.example"; nocase; endswith; sid:1;)"#;
        let pcre = r#"drop tls any any -> any any (tls.sni; pcre:"/evil/"; sid:2;)"#;
        assert_eq!(count(&format!("{quic}\n{pcre}"), &Names::default(), true), Ok(2));
    }

    #[test]
    fn a_semicolon_in_quotation_marks_still_ends_the_option() {
        let hostile = r#"drop ip any any -> any any (msg:"x"; content:"a; b"; sid:1;)"#;
        assert!(reason(hostile).contains("unbalanced"));
    }

    #[test]
    fn a_signature_id_stands_once_in_a_group() {
        assert!(reason(&format!("{TLS}\n{TLS}")).contains("duplicate sid 1"));
    }

    #[test]
    fn priority_is_allowed_without_strict_order() {
        let rule = "drop ip any any -> any any (priority:1; sid:1;)";
        assert_eq!(count(rule, &Names::default(), false), Ok(1));
    }
}
