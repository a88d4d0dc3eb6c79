//! Networks in which an address is rarely one party's alone: whoever blocks it cuts off more than the bad one.

use ipnet::IpNet;

use crate::indicator::Indicator;

/// An indicator that the guard lets pass, but not by itself: a person decides whether it is worth what else it cuts off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// It belongs to AWS: one of its services, or a customer who has the address for as long as his instance lasts.
    Aws,
    /// It lies in a network that the configuration calls shared.
    Shared(IpNet),
}

impl Reservation {
    /// What follows "it waits for a person, because".
    pub fn because(&self) -> String {
        match self {
            Self::Aws => "it belongs to AWS, whose addresses serve many and change hands".to_owned(),
            Self::Shared(net) => format!("it lies in {net}, whose addresses serve many at once"),
        }
    }
}

/// The networks that the guard keeps for a person.
#[derive(Clone, Debug)]
pub(super) struct SharedNetworks {
    aws: Networks,
    configured: Networks,
}

impl SharedNetworks {
    pub(super) fn new(aws: bool, configured: Vec<IpNet>) -> Self {
        let aws = if aws { aws_networks().collect() } else { Vec::new() };
        Self { aws: Networks::new(&aws), configured: Networks::new(&configured) }
    }

    pub(super) fn reservation(&self, indicator: &Indicator) -> Option<Reservation> {
        let Indicator::Network(net) = indicator else {
            return None;
        };
        match self.configured.meeting(net) {
            Some(shared) => Some(Reservation::Shared(shared)),
            None => self.aws.meeting(net).map(|_| Reservation::Aws),
        }
    }
}

/// What AWS publishes. Every line of it parses; a test holds it to that.
fn aws_networks() -> impl Iterator<Item = IpNet> {
    include_str!("../../data/aws-networks.txt").lines().filter_map(|line| line.parse().ok())
}

/// Networks in the order of their addresses, of which no two overlap.
#[derive(Clone, Debug)]
struct Networks(Vec<IpNet>);

impl Networks {
    fn new(networks: &Vec<IpNet>) -> Self {
        Self(IpNet::aggregate(networks))
    }

    /// One that shares an address with `net`, whichever of the two is wider.
    fn meeting(&self, net: &IpNet) -> Option<IpNet> {
        // All IPv4 addresses come before all IPv6 ones, so that the two families need no order of their own.
        let after = self.0.partition_point(|shared| shared.network() <= net.broadcast());
        let last = self.0.get(after.checked_sub(1)?)?;
        (last.broadcast() >= net.network()).then_some(*last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_published_addresses_is_a_comment_or_a_network() {
        let lines = include_str!("../../data/aws-networks.txt").lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<&str> = lines.collect();
        let parsed: Vec<IpNet> = aws_networks().collect();
        assert_eq!(parsed.iter().map(IpNet::to_string).collect::<Vec<_>>(), lines);
        assert_eq!(Networks::new(&parsed).0, parsed, "they are not aggregated, or not in their order");
    }

    #[test]
    fn a_network_is_met_from_its_first_to_its_last_address_and_by_a_wider_one() {
        let nets = ["10.0.2.0/24", "10.0.4.0/24", "2001:db8:2::/48"].map(|net| net.parse().unwrap());
        let networks = Networks::new(&nets.to_vec());
        for (net, met) in [
            ("10.0.1.255/32", None),
            ("10.0.2.0/32", Some(0)),
            ("10.0.2.255/32", Some(0)),
            ("10.0.3.0/32", None),
            ("10.0.3.0/24", None),
            ("10.0.2.128/25", Some(0)),
            ("10.0.2.0/23", Some(0)),
            ("10.0.4.7/32", Some(1)),
            ("10.0.0.0/8", Some(1)),
            ("255.255.255.255/32", None),
            ("::/128", None),
            ("2001:db8:1:ffff::/64", None),
            ("2001:db8:2:ffff::/64", Some(2)),
            ("2001:db8:3::/48", None),
        ] {
            assert_eq!(networks.meeting(&net.parse().unwrap()), met.map(|index: usize| nets[index]), "{net}");
        }
    }
}
