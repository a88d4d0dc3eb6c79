//! `falconer health`: whether a worker or a gateway is healthy, for a container that has nothing else to ask with.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use http::Uri;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::{ConfigProblems, Parsed};
use crate::exit::Exit;
use crate::failure::CommandFailure;

/// A service on the same machine that takes longer is not healthy.
const PATIENCE: Duration = Duration::from_secs(2);

/// Of an answer, as much as a line can tell.
const MOST_BYTES: u64 = 4096;

/// Ask a worker, or a gateway, of the same container whether it is healthy: exit with 0 if it is, with 1 if not.
#[derive(Args, Debug)]
#[command(after_help = "Without a URL, the service is asked that worker.health in the configuration tells of.\n\n\
                  Examples:\n  falconer health\n  falconer health http://127.0.0.1:8080/readyz")]
pub struct HealthArgs {
    /// Where; without a path, /healthz.
    #[arg(value_name = "URL")]
    url: Option<Uri>,
}

/// Carries out the command; the configuration is read only if no URL is given.
///
/// # Errors
/// Nothing that could be asked.
pub async fn run(
    args: HealthArgs,
    config: impl FnOnce() -> Result<Parsed, ConfigProblems>,
) -> Result<Exit, CommandFailure> {
    let (authority, path) = match &args.url {
        Some(url) => named(url)?,
        None => (own(config()?.health)?, "/healthz"),
    };
    let answer = timeout(PATIENCE, ask(&authority, path)).await;
    let answer = answer.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
    let (exit, told) = match answer {
        Ok((200, body)) => (Exit::Done, body),
        Ok((status, body)) => (Exit::Failed, format!("{status} {body}")),
        Err(error) => (Exit::Failed, error.to_string()),
    };
    anstream::println!("http://{authority}{path}: {told}");
    Ok(exit)
}

/// The host, the port and the path of a URL.
fn named(url: &Uri) -> Result<(String, &str), CommandFailure> {
    let refused = |problem: &str| CommandFailure::usage(&url.to_string(), problem);
    if url.scheme_str() != Some("http") {
        return Err(refused("must be a URL such as http://127.0.0.1:8080"));
    }
    let host = url.host().ok_or_else(|| refused("names no host"))?;
    let path = if url.path() == "/" { "/healthz" } else { url.path() };
    Ok((format!("{host}:{}", url.port_u16().unwrap_or(80)), path))
}

/// Where this container's own service listens: an address that means "every interface" is none to connect to.
fn own(listens: Option<SocketAddr>) -> Result<String, CommandFailure> {
    let nowhere =
        || CommandFailure::usage("worker.health", "is empty: name the URL, or configure where the service answers");
    let mut address = listens.ok_or_else(nowhere)?;
    if address.ip().is_unspecified() {
        match address {
            SocketAddr::V4(_) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(_) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        }
    }
    Ok(address.to_string())
}

/// The status and the body of an answer.
async fn ask(authority: &str, path: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(authority).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer).await?;
    read(&String::from_utf8_lossy(&answer))
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what answers does not speak HTTP"))
}

/// `HTTP/1.1 200 OK`, headers, and the first line of the body.
fn read(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let line = body.lines().next().unwrap_or_default();
    Some((status, line.chars().filter(|c| !c.is_control()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_asked_on_this_machines_own() {
        for (listens, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("10.0.0.7:80", "10.0.0.7:80")]
        {
            assert_eq!(own(Some(listens.parse().unwrap())).unwrap(), asked);
        }
        assert!(own(None).unwrap_err().to_string().contains("worker.health"));
    }

    #[test]
    fn a_url_without_a_path_means_healthz() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert_eq!(named(&uri("http://localhost:8080")).unwrap(), ("localhost:8080".to_owned(), "/healthz"));
        assert_eq!(named(&uri("http://[::1]:8080/readyz")).unwrap(), ("[::1]:8080".to_owned(), "/readyz"));
        assert!(named(&uri("https://localhost:8080")).is_err());
        assert!(named(&uri("localhost:8080")).is_err());
    }

    #[test]
    fn an_answer_is_its_status_and_one_line() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 17\r\n\r\n{\"healthy\":false}";
        assert_eq!(read(answer), Some((503, "{\"healthy\":false}".to_owned())));
        assert_eq!(read("SSH-2.0-OpenSSH_9.2\r\n"), None);
    }
}
