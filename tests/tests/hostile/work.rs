//! What a decision reads of a request is bounded by the policy, whatever arrives: counted, not
//! timed.

use std::cell::Cell;

use cors_core::Policy;
use cors_core::adapter::{CompiledPolicy, Field, Headers};
use libtest_mimic::{Failed, Trial};

thread_local! {
    static READ: Cell<Read> = const { Cell::new(Read { lines: 0, bytes: 0, last: 0 }) };
}

/// How much of a list was handed out.
#[derive(Clone, Copy, Debug)]
struct Read {
    lines: usize,
    bytes: usize,
    /// Of the bytes, those of the last line: one that is too long is refused for its length.
    last: usize,
}

/// A header value that counts whenever its bytes are asked for.
#[derive(Clone, Debug)]
struct Counted(Vec<u8>);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        let read = READ.get();
        let last = self.0.len();
        READ.set(Read { bytes: read.bytes + last, last, ..read });
        &self.0
    }
}

impl From<&[u8]> for Counted {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

/// A request that counts the lines it is asked for.
struct Request<'a> {
    field: Field,
    line: &'a Counted,
    times: usize,
    origin: Counted,
    method: Counted,
}

impl Headers for Request<'_> {
    type Value = Counted;

    fn get_all(&self, field: Field) -> impl Iterator<Item = &Counted> {
        let (value, times) = match field {
            field if field == self.field => (self.line, self.times),
            Field::Origin => (&self.origin, 1),
            Field::AccessControlRequestMethod => (&self.method, 1),
            _ => (self.line, 0),
        };
        let counts = field == self.field;
        std::iter::repeat_n(value, times).inspect(move |_| {
            if counts {
                let read = READ.get();
                READ.set(Read { lines: read.lines + 1, ..read });
            }
        })
    }
}

/// How many lines and bytes a policy may read of a field.
struct Bounds {
    policy: &'static str,
    field: Field,
    lines: usize,
    bytes: usize,
}

const ALLOWED: &str = "https://app.example";

pub(crate) fn trials() -> Vec<Trial> {
    let list = Field::AccessControlRequestHeaders;
    let several = |policy, field| Bounds { policy, field, lines: 4, bytes: 80 };
    [
        // Twice the names, a few others and a few empty elements; see the budgets of the preflight.
        Bounds { policy: "listed", field: list, lines: 2 * 3 + 32 + 16 + 1, bytes: 2 * 21 + 1024 },
        Bounds { policy: "mirrored", field: list, lines: 64 + 16 + 1, bytes: 4096 },
        Bounds { policy: "any", field: list, lines: 0, bytes: 0 },
        several("listed", Field::Origin),
        several("mirrored", Field::Origin),
        several("any", Field::Origin),
        several("listed", Field::AccessControlRequestMethod),
        several("mirrored", Field::AccessControlRequestMethod),
        several("any", Field::AccessControlRequestMethod),
    ]
    .into_iter()
    .map(|bounds| {
        let name = format!("work::{}_{}", bounds.policy, bounds.field.as_str());
        Trial::test(name, move || bounds.check())
    })
    .collect()
}

impl Bounds {
    fn check(&self) -> Result<(), Failed> {
        let policy = self.policy()?;
        for unit in [
            "", ",", " ", "x-a", "x-a,", "X-B , ", "y", "y,", "\"", "\u{ff}", ALLOWED, "null",
            "PUT",
        ] {
            for length in [1, 3, 50, 1000, 100_000] {
                let line = Counted(unit.repeat(length).into());
                for times in [1, 2, 20, 100, 10_000] {
                    let request = Request {
                        field: self.field,
                        line: &line,
                        times,
                        origin: Counted(ALLOWED.into()),
                        method: Counted(b"PUT".into()),
                    };
                    READ.set(Read { lines: 0, bytes: 0, last: 0 });
                    let decision =
                        policy.decide(&cors_core::adapter::RequestParts::new("OPTIONS", &request));
                    let read = READ.get();
                    // The method and the origin that come with a list.
                    let rest = 4 * (ALLOWED.len() + "PUT".len());
                    if read.lines > self.lines || read.bytes > self.bytes + read.last + rest {
                        let what = format!("{times} times {length} times {unit:?}");
                        return Err(format!("{what}: {read:?} for {decision:?}").into());
                    }
                }
            }
        }
        Ok(())
    }

    fn policy(&self) -> Result<CompiledPolicy<Counted>, Failed> {
        let credentials = Policy::builder().allow_origins([ALLOWED]).allow_credentials(true);
        let policy = match self.policy {
            "listed" => {
                credentials.allow_methods(["PUT"]).allow_headers(["content-type", "x-a", "x-b"])
            }
            "mirrored" => credentials.allow_methods(["*"]).allow_headers(["*"]),
            _ => Policy::any_origin().allow_methods(["*"]).allow_headers(["*"]),
        };
        Ok(policy.build()?.compile())
    }
}
