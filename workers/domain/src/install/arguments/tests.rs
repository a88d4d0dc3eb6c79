use serde_json::json;

use super::*;
use crate::install::config::InstallConfig;

const CUSTOMER: &str = "0123456789ABCDEF0123456789ABCDEF-12";
const BEARER: &str = "eyJhbGciOi.eyJzdWIi_-.5EC2E7+/=";

fn falcon() -> Authorization<'static> {
    Authorization {
        customer_id: CUSTOMER,
        installation_token: Some("5EC2E7AB"),
        bearer: BEARER,
        host: "api.us-2.crowdstrike.com",
    }
}

fn rules(package_kind: PackageKind) -> InstallRules {
    let config = InstallConfig {
        package_kind,
        linux_parameters: r#"--tags="a,b""#.to_owned(),
        windows_parameters: r#"GROUPING_TAGS="a,b""#.to_owned(),
        ..InstallConfig::default()
    };
    InstallRules::new(&config).unwrap()
}

fn read(arguments: &AdditionalArguments) -> Value {
    serde_json::from_str(arguments.expose()).unwrap()
}

#[test]
fn a_package_that_downloads_is_told_how_in_the_names_of_its_scripts() {
    let version: SensorVersion = "7.04.17600".parse().unwrap();
    let told = |kind| {
        read(&AdditionalArguments::install(&rules(PackageKind::Downloads), kind, &falcon(), Some(&version)).unwrap())
    };
    let linux = json!({
        "SSM_CS_CCID": CUSTOMER, "SSM_CS_INSTALLTOKEN": "5EC2E7AB", "SSM_CS_AUTH_TOKEN": BEARER,
        "SSM_CS_HOST": "api.us-2.crowdstrike.com", "SSM_CS_LINUX_INSTALLPARAMS": r#"--tags="a,b""#,
        "SSM_CS_LINUX_VERSION": "7.04.17600", "SSM_CS_VERSION": "7.04.17600",
    });
    assert_eq!(told(SensorKind::LinuxX86), linux);
    assert_eq!(told(SensorKind::LinuxArm), linux);
    assert_eq!(
        told(SensorKind::Windows),
        json!({
            "SSM_CS_CCID": CUSTOMER, "SSM_CS_INSTALLTOKEN": "5EC2E7AB", "SSM_CS_AUTH_TOKEN": BEARER,
            "SSM_CS_HOST": "api.us-2.crowdstrike.com", "SSM_CS_WINDOWS_INSTALLPARAMS": r#"GROUPING_TAGS="a,b""#,
            "SSM_CS_WINDOWS_VERSION": "7.04.17600", "SSM_CS_VERSION": "7.04.17600",
        })
    );
}

#[test]
fn a_package_that_carries_the_sensor_gets_no_bearer_token() {
    let version: SensorVersion = "7.19.18110".parse().unwrap();
    for (kind, name, parameters) in [
        (SensorKind::LinuxArm, "SSM_LINUX_INSTALLPARAMS", r#"--tags="a,b""#),
        (SensorKind::Windows, "SSM_WIN_INSTALLPARAMS", r#"GROUPING_TAGS="a,b""#),
    ] {
        let arguments =
            AdditionalArguments::install(&rules(PackageKind::Bundled), kind, &falcon(), Some(&version)).unwrap();
        let expected = json!({"SSM_CID": CUSTOMER, "SSM_INSTALLTOKEN": "5EC2E7AB", name: parameters});
        assert_eq!(read(&arguments), expected);
    }
}

#[test]
fn what_there_is_not_is_not_said() {
    let rules = InstallRules::new(&InstallConfig::default()).unwrap();
    let falcon = Authorization { installation_token: None, ..falcon() };
    let arguments = AdditionalArguments::install(&rules, SensorKind::LinuxX86, &falcon, None).unwrap();
    let expected =
        json!({"SSM_CS_CCID": CUSTOMER, "SSM_CS_AUTH_TOKEN": BEARER, "SSM_CS_HOST": "api.us-2.crowdstrike.com"});
    assert_eq!(read(&arguments), expected);
}

#[test]
fn what_falcon_gave_is_not_handed_on_if_a_shell_could_misread_it() {
    let rules = rules(PackageKind::Downloads);
    let refused = |falcon: Authorization<'_>| {
        AdditionalArguments::install(&rules, SensorKind::LinuxX86, &falcon, None).unwrap_err()
    };
    for bad in ["", "a b", "a$(reboot)", "a`b", "a\nb", "a\"b", "a'b", "a;b", "{{ssm:x}}", "ü"] {
        for (falcon, what) in [
            (Authorization { customer_id: bad, ..falcon() }, "a customer id"),
            (Authorization { installation_token: Some(bad), ..falcon() }, "an installation token"),
            (Authorization { bearer: bad, ..falcon() }, "a token"),
            (Authorization { host: bad, ..falcon() }, "an API host"),
        ] {
            assert_eq!(refused(falcon), ArgumentsError::Malformed { what }, "{bad:?}");
        }
    }
}

#[test]
fn a_maintenance_token_goes_to_windows_and_behind_a_space() {
    let token = "5ec2e7ab";
    let windows = AdditionalArguments::uninstall(SensorKind::Windows, Some(token)).unwrap();
    assert_eq!(read(&windows), json!({"SSM_WIN_UNINSTALLPARAMS": " MAINTENANCE_TOKEN=5ec2e7ab"}));
    let linux = AdditionalArguments::uninstall(SensorKind::LinuxArm, Some(token));
    assert_eq!(linux, Err(ArgumentsError::NoMaintenanceTokenOnLinux));
    for kind in [SensorKind::Windows, SensorKind::LinuxX86] {
        assert_eq!(AdditionalArguments::uninstall(kind, None).unwrap().expose(), "{}");
    }
    let hostile = AdditionalArguments::uninstall(SensorKind::Windows, Some("1 /log C:\\x"));
    assert_eq!(hostile, Err(ArgumentsError::Malformed { what: "a maintenance token" }));
}

#[test]
fn nothing_secret_is_shown() {
    let arguments =
        AdditionalArguments::install(&rules(PackageKind::Downloads), SensorKind::Windows, &falcon(), None).unwrap();
    let shown = format!("{arguments:?} {:?}", falcon());
    assert_eq!(shown, "AdditionalArguments Authorization");
}
