//! From a policy to the configuration of a gateway.
//!
//! `form` brings a policy into the shape that gateways think in: which rule governs an origin, and
//! which headers the answers of a rule have. There is one file for each gateway, which writes that
//! form in the gateway's own terms and refuses what the gateway cannot express. The documentation of
//! each of these files shows a complete configuration.

pub mod caddy;
pub mod envoy;
mod form;
pub mod gateway_api;
pub mod haproxy;
pub mod nginx;
mod origin;
mod problem;
mod source;

use cors_core::Policy;

pub use problem::Problem;
pub use source::Source;

use form::Form;

/// A gateway whose configuration can be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Gateway {
    /// nginx.
    Nginx,
    /// Caddy 2.
    Caddy,
    /// HAProxy.
    Haproxy,
    /// Envoy.
    Envoy,
    /// The Gateway API of Kubernetes.
    GatewayApi,
}

impl Gateway {
    /// Every gateway.
    pub const ALL: [Self; 5] =
        [Self::Nginx, Self::Caddy, Self::Haproxy, Self::Envoy, Self::GatewayApi];

    /// The name by which the command knows the gateway.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
            Self::GatewayApi => "gateway-api",
        }
    }

    /// How the exported configuration is used, in Markdown: from which version of the gateway, and in which
    /// complete configuration.
    #[must_use]
    pub const fn guide(self) -> &'static str {
        match self {
            Self::Nginx => include_str!("nginx.md"),
            Self::Caddy => include_str!("caddy.md"),
            Self::Haproxy => include_str!("haproxy.md"),
            Self::Envoy => include_str!("envoy.md"),
            Self::GatewayApi => include_str!("gateway_api.md"),
        }
    }

    /// The parts that the command writes one by one, in a configuration with several.
    const fn part_names(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &["http", "server"],
            Self::Caddy | Self::Haproxy | Self::Envoy | Self::GatewayApi => &[],
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "Caddy",
            Self::Haproxy => "HAProxy",
            Self::Envoy => "Envoy",
            Self::GatewayApi => "the Gateway API",
        }
    }
}

/// What came of an export.
#[derive(Clone, Debug)]
pub struct Export {
    gateway: Gateway,
    source: Source,
    /// The files of the configuration, in the order in which the gateway reads them.
    parts: Vec<String>,
    problems: Vec<Problem>,
}

impl Export {
    /// The configuration. Where it differs from the policy, it says so in its first lines.
    #[must_use]
    pub fn text(&self) -> String {
        self.source.head(self.gateway, None, &self.problems) + &self.parts.join("\n")
    }

    /// One part of the configuration. That of nginx has two: what stands in `http`, and what stands in
    /// `server` or `location`.
    #[must_use]
    pub fn part(&self, index: usize) -> Option<String> {
        let name = self.gateway.part_names().get(index).copied();
        let part = self.parts.get(index)?;
        Some(self.source.head(self.gateway, name, &self.problems) + part)
    }

    /// Everything in the policy that the gateway cannot express. If there is anything, the
    /// configuration is not the policy.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns whether the configuration may be used: it is the policy, or approximations are
    /// accepted and there is one for each problem.
    #[must_use]
    pub fn is_usable(&self, accepts_approximations: bool) -> bool {
        let is_accepted =
            |problem: &Problem| accepts_approximations && problem.approximation().is_some();
        self.problems.iter().all(is_accepted)
    }
}

/// Writes a policy as the configuration of a gateway.
#[must_use]
pub fn export(gateway: Gateway, policy: &Policy, source: &Source) -> Export {
    let config = policy.to_config();
    let mut problems = problem::of_every_gateway(&config, source);
    let form = Form::new(&config);
    let parts = match gateway {
        Gateway::Nginx => nginx::write(&form, source, &mut problems).into(),
        Gateway::Caddy => vec![caddy::write(&form, source)],
        Gateway::Haproxy => vec![haproxy::write(&form, source)],
        Gateway::Envoy => vec![envoy::write(&form, source)],
        Gateway::GatewayApi => vec![gateway_api::write(&form, source, &mut problems)],
    };
    Export { gateway, source: source.clone(), parts, problems }
}
