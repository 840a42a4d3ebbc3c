//! What an application says of origins at run time: the same for every framework.

use cors_core::{Origin, OriginPredicate};

use crate::{Probe, adapters};

/// `tenant_of` reads the header `x-tenant` of a framework's request.
pub(crate) fn origins<R: 'static>(
    asked: Option<Probe>,
    tenant_of: fn(&R) -> Option<String>,
) -> OriginPredicate<R> {
    let Some(probe) = asked else { return OriginPredicate::default() };
    OriginPredicate::async_predicate(move |origin: Origin<'_>, request: &R| {
        probe.ask();
        if origin.host() == "panics-at-once.example" {
            adapters::panic_quietly::<()>();
        }
        let host = origin.host().to_owned();
        let tenant = tenant_of(request);
        async move {
            // As a database would, it answers later.
            tokio::task::yield_now().await;
            match host.as_str() {
                "tenant.example" => Ok(true),
                // Hosts that look odd.
                "3d-tenant"
                | "tenant.example."
                | "tenant!.example"
                | "tenant,.example"
                | "xn--f"
                | "8513c13e-1050-4fe6-a548-34448bfa51af"
                | "E40BB581-1C2A-4E63-9A0D-0A1B2C3D4E5F"
                | "." => Ok(true),
                "by-header.example" => Ok(tenant.as_deref() == Some("acme")),
                "fails.example" => Err("the database is away"),
                "panics.example" => adapters::panic_quietly(),
                _ => Ok(false),
            }
        }
    })
}
