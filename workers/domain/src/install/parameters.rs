//! What a sensor is told when it is installed, beside the customer's id: tags, proxies.

use thiserror::Error;

/// A configured text that no shell can misread.
///
/// On Linux the package makes words of the text in bash, with all that bash does on the way
/// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/custom-api-package/package/linux/install.sh>); on Windows it
/// splits it at spaces. What means something else to a shell is not let through, rather than escaped for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(String);

/// A text that is not handed to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParametersError {
    /// A character that a shell could misread.
    #[error("it may hold letters, digits, spaces, pairs of `\"` and `= , . / : _ - @ +`")]
    Character,
    /// Longer than a parameter may be.
    #[error("it must be at most {} characters long", Parameters::LONGEST)]
    TooLong,
    /// What Falconer itself says.
    #[error("leave the customer's id and tokens out: Falconer asks Falcon for them")]
    Reserved,
}

impl Parameters {
    /// The longest value of a parameter of an Automation document
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html>).
    const LONGEST: usize = 512;

    /// What the package says by itself, in small letters.
    const RESERVED: [&str; 5] = ["cid=", "provtoken=", "provwaittime=", "--provisioning-token", "maintenance"];

    /// Reads a configured text.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str) -> Result<Self, ParametersError> {
        let text = text.trim();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b" \"=,./:_-@+".contains(&byte);
        if !text.bytes().all(fits) || !text.matches('"').count().is_multiple_of(2) {
            return Err(ParametersError::Character);
        }
        if text.len() > Self::LONGEST {
            return Err(ParametersError::TooLong);
        }
        // Quotes in a word do not make it another one.
        let plain = text.to_lowercase().replace('"', "");
        if Self::RESERVED.iter().any(|word| plain.contains(word)) {
            return Err(ParametersError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text; empty if there is nothing to say.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crowdstrike_documents_is_let_through() {
        for text in [
            "",
            r#"--tags="Washington/DC_USA,Production" --aph=proxy.example.com --app=8080"#,
            r#"GROUPING_TAGS="Washington/DC_USA,Production" APP_PROXYNAME=proxy.example.com APP_PROXYPORT=8080"#,
            "--aph=http://proxy.example.com:8080 --apd=FALSE --trace=none --backend=bpf",
        ] {
            assert_eq!(Parameters::read(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_a_shell_could_misread_is_refused() {
        for character in "$`\\;&|<>(){}[]*?~!#%^'\n\r\t\0ü".chars() {
            let text = format!("--tags=a{character}b");
            assert_eq!(Parameters::read(&text), Err(ParametersError::Character), "{text:?}");
        }
        for text in [r#"--tags="a"#, r#"--tags="a" ""#, r"--tags=\$(reboot)", "{{ssm:secret}}"] {
            assert_eq!(Parameters::read(text), Err(ParametersError::Character), "{text:?}");
        }
    }

    #[test]
    fn what_falconer_says_itself_is_refused() {
        for text in
            ["--cid=1-2", "CID=1-2", "--c\"id\"=1-2", "ProvToken=1", "--provisioning-token 1", "MAINTENANCE_TOKEN=1"]
        {
            assert_eq!(Parameters::read(text), Err(ParametersError::Reserved), "{text}");
        }
        assert_eq!(Parameters::read(&"a".repeat(513)), Err(ParametersError::TooLong));
    }
}
