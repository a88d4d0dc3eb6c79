//! Hosts that so many organizations share that a block of them is an outage, whatever one customer of theirs does.
//!
//! These are the guard's soft refusals: a person who looks may decide that here, for some days, the block is worth it.
//! What the public suffix list already knows (`github.io`, `cloudfront.net`, `azurewebsites.net`) is not repeated.

/// One site for everybody: the name does not tell the customer, so neither it nor anything below is blocked.
///
/// Paste sites and messengers are here although malware uses them often: so do people, and the finding's detection on the
/// host remains.
pub(super) const SHARED_SITES: &[&str] = &[
    // Code and packages.
    "github.com",
    "githubusercontent.com",
    "githubassets.com",
    "gitlab.com",
    "bitbucket.org",
    "atlassian.com",
    "sourceforge.net",
    // Search, mail, files and documents.
    "google.com",
    "gmail.com",
    "gstatic.com",
    "youtube.com",
    "microsoft.com",
    "office.com",
    "office365.com",
    "outlook.com",
    "live.com",
    "onedrive.com",
    "1drv.ms",
    "bing.com",
    "apple.com",
    "icloud.com",
    "dropbox.com",
    "dropboxusercontent.com",
    "box.com",
    "wetransfer.com",
    "mediafire.com",
    "mega.nz",
    "adobe.com",
    "amazon.com",
    // Messages and people.
    "slack.com",
    "discord.com",
    "discordapp.com",
    "telegram.org",
    "t.me",
    "whatsapp.com",
    "facebook.com",
    "linkedin.com",
    "twitter.com",
    "x.com",
    "reddit.com",
    "wikipedia.org",
    "zoom.us",
    // Pastes and short links.
    "pastebin.com",
    "bit.ly",
    "tinyurl.com",
    "t.co",
    // What browsers need of every other site.
    "cdnjs.cloudflare.com",
    "jsdelivr.net",
    "unpkg.com",
    "letsencrypt.org",
    "digicert.com",
];

/// Hosting whose customers have names of their own below: only the domain itself (and what stands above) is refused.
pub(super) const HOSTING_DOMAINS: &[&str] = &[
    "sharepoint.com",
    "core.windows.net",
    "cloudapp.azure.com",
    "storage.googleapis.com",
    "firebaseio.com",
    "fastly.net",
    "b-cdn.net",
    "on.aws",
    "wordpress.com",
    "tumblr.com",
    "shopify.com",
    "zendesk.com",
    "salesforce.com",
    "force.com",
];
