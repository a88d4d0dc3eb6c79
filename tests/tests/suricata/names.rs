//! A blocked domain: itself and everything below it, however it is written and however it is asked for.

use falconer_tests::capture::request;

use crate::blocks::dropping;
use crate::engine::Engine;
use crate::traffic::{Fate, Traffic, Way, blocked};

#[test]
fn a_domain_is_blocked_with_everything_below_it_and_nothing_beside_it() {
    let Some(engine) = Engine::installed("names") else { return };
    let text = dropping(&["evil.example", "deep.wicked.example", "xn--bcher-kva.example"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        for (name, fate) in [
            ("evil.example", blocked("evil.example")),
            ("www.evil.example", blocked("evil.example")),
            ("a.b.c.d.e.f.evil.example", blocked("evil.example")),
            ("_c2.evil.example", blocked("evil.example")),
            ("EVIL.EXAMPLE", blocked("evil.example")),
            ("wWw.EvIl.eXaMpLe", blocked("evil.example")),
            ("deep.wicked.example", blocked("deep.wicked.example")),
            ("deeper.deep.wicked.example", blocked("deep.wicked.example")),
            ("xn--bcher-kva.example", blocked("xn--bcher-kva.example")),
            ("notevil.example", Fate::Passes),
            ("not-evil.example", Fate::Passes),
            ("www.notevil.example", Fate::Passes),
            ("evil.example.org.example", Fate::Passes),
            ("evil.examples", Fate::Passes),
            ("evilxexample", Fate::Passes),
            ("evil", Fate::Passes),
            ("example", Fate::Passes),
            ("wicked.example", Fate::Passes),
            ("undeep.wicked.example", Fate::Passes),
            ("good.example", Fate::Passes),
        ] {
            traffic.ask(way, name, fate);
        }
        traffic.ask_over_ipv6(way, "evil.example", blocked("evil.example"));
        traffic.ask_over_ipv6(way, "good.example", Fate::Passes);
    }
    traffic.meets(&engine);
}

#[test]
fn a_name_is_found_on_any_port_of_tcp_and_in_every_form_of_request() {
    let Some(engine) = Engine::installed("forms") else { return };
    let text = dropping(&["evil.example"]);
    let mut traffic = Traffic::through(&text);
    for (name, fate) in [("evil.example", blocked("evil.example")), ("notevil.example", Fate::Passes)] {
        traffic.request(&format!("TLS {name} on 8443"), 8443, &request::tls(name), fate.clone());
        traffic.request(&format!("TLS {name} in two segments"), 443, &request::tls_with_long_key(name), fate.clone());
        traffic.request(&format!("HTTP {name} on 8080"), 8080, &request::http(name), fate.clone());
        let with_port = format!("{name}:8080");
        traffic.request(&format!("HTTP {with_port}"), 8080, &request::http(&with_port), fate.clone());
        let to_proxy = request::http_with(&format!("GET http://{name}/ HTTP/1.1"), name);
        traffic.request(&format!("HTTP {name} through a proxy"), 3128, &to_proxy, fate.clone());
        let connect = request::http_with(&format!("CONNECT {name}:443 HTTP/1.1"), &format!("{name}:443"));
        traffic.request(&format!("CONNECT {name}"), 3128, &connect, fate.clone());
        let (halves, long_key) = (vec![request::quic_in_two_frames(name)], request::quic_with_long_key(name));
        traffic.request_over_quic(&format!("QUIC {name} in two frames"), 443, &halves, fate.clone());
        traffic.request_over_quic(&format!("QUIC {name} in two datagrams"), 443, &long_key, fate);
    }
    traffic.meets(&engine);
}

#[test]
fn a_dot_at_the_end_of_a_name_does_not_slip_by_but_over_quic() {
    let Some(engine) = Engine::installed("dot") else { return };
    let text = dropping(&["evil.example"]);
    let mut traffic = Traffic::through(&text);
    for way in Way::ALL {
        let fate = if way == Way::Quic { Fate::Passes } else { blocked("evil.example") };
        traffic.ask(way, "evil.example.", fate.clone());
        traffic.ask(way, "www.evil.example.", fate);
        traffic.ask(way, "notevil.example.", Fate::Passes);
    }
    traffic.request("HTTP with a port", 8080, &request::http("evil.example.:8080"), blocked("evil.example"));
    traffic.meets(&engine);
}

/// The engine asks whether a datagram is QUIC on the port of HTTPS alone.
#[test]
fn quic_on_another_port_than_443_is_not_seen() {
    let Some(engine) = Engine::installed("quic-port") else { return };
    let text = dropping(&["evil.example"]);
    let mut traffic = Traffic::through(&text);
    traffic.request_over_quic("QUIC on 443", 443, &[request::quic("evil.example")], blocked("evil.example"));
    traffic.request_over_quic("QUIC on 8443", 8443, &[request::quic("evil.example")], Fate::Passes);
    traffic.meets(&engine);
}
