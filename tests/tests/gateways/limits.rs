//! How long a list of headers may be that an answer repeats. Pages can ask for longer lists.

use std::sync::Arc;

use cors_core::explain::BrowserRequest;
use libtest_mimic::{Failed, Trial};
use tests::Request;

use crate::running::Gateways;

/// A policy that allows any header, with credentials.
const POLICY: &str = "CANY";

const ORIGIN: &str = "https://app.example";

/// How many headers, and the bytes of their names with commas.
const LISTS: [(usize, usize); 6] =
    [(1, 4096), (1, 4097), (50, 4096), (50, 4097), (50, 5000), (64, 4096)];

pub(crate) fn trials(gateways: &Arc<Gateways>) -> Vec<Trial> {
    gateways.trials("limits", |gateways, index, _| {
        let address = gateways.get(index)?.address(POLICY);
        let address = address.ok_or("the gateway does not express the policy")?;
        let site = gateways.sites.sites.get(POLICY).ok_or("there is no such site")?;
        let mut allowed = 0;
        for (count, bytes) in LISTS {
            let names = names(count, bytes);
            let request = BrowserRequest::new(ORIGIN).method("PUT").credentials(true);
            let request = names.iter().fold(request, |request, name| request.header(name, "x"));
            let is_allowed = site.policy.simulate(&request).is_allowed();
            allowed += usize::from(is_allowed);
            let expected = if is_allowed { 204 } else { 403 };
            let (head, _) = tests::send(address, "", &preflight(&names), || {})?;
            if head.status != expected {
                let got = head.status;
                return Err(format!("{count} headers, {bytes} bytes: {got}, not {expected}").into());
            }
        }
        if allowed != 3 {
            return Err(format!("the policy allows {allowed} of the lists").into());
        }
        Ok::<(), Failed>(())
    })
}

/// Names of about the same length, in the order in which browsers send them.
fn names(count: usize, bytes: usize) -> Vec<String> {
    let letters = bytes - (count - 1);
    let len = |at: usize| letters / count + usize::from(at < letters % count);
    (0..count).map(|at| format!("{at:0>width$}", width = len(at))).collect()
}

fn preflight(names: &[String]) -> Request {
    let headers = [
        ("origin", ORIGIN.to_owned()),
        ("access-control-request-method", "PUT".to_owned()),
        ("access-control-request-headers", names.join(",")),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    Request { method: "OPTIONS".into(), path: "/resource".into(), headers: headers.into() }
}
