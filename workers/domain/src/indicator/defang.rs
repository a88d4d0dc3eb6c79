//! Undoing the ways in which people write an indicator so that nobody can click on it.

/// `hxxp` at the start becomes `http`, and `[.]`, `(.)` and `[:]` become the sign within.
///
/// Nothing else is touched: what remains strange is refused by whoever parses the result.
///
/// ```
/// # use falconer_domain::indicator::refang;
/// assert_eq!(refang("hxxps://evil[.]example"), "https://evil.example");
/// ```
pub fn refang(text: &str) -> String {
    let plain = text.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":");
    match plain.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("hxxp") => format!("http{}", &plain[4..]),
        _ => plain,
    }
}
