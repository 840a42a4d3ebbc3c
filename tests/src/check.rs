use crate::{Behaviour, Case, Expectation, Head, HeaderLines};

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A response.
    Response {
        /// Its status and all its headers.
        head: Head,
        /// Its body.
        body: Vec<u8>,
        /// Whether any code of the application ran.
        reached: bool,
        /// How often the application was asked about the origin.
        asked: usize,
    },
    /// The policy is refused with this message.
    PolicyError(String),
}

impl Case {
    /// Whether an answer is right.
    ///
    /// # Errors
    ///
    /// Says what differs.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        self.check_against(&self.expectation, answer)?;
        match &self.deviates_from {
            Some(original) if self.check_against(original, answer).is_ok() => {
                Err("meets the vector now: remove the deviation".into())
            }
            _ => Ok(()),
        }
    }

    fn check_against(&self, expected: &Expectation, answer: &Answer) -> Result<(), String> {
        match (expected, answer) {
            (Expectation::PolicyError(part), Answer::PolicyError(message)) => {
                require(message.contains(part), "policy error", message, part)
            }
            (
                Expectation::Response { head, reached },
                Answer::Response { head: got, body, reached: was_reached, asked },
            ) => {
                require(got.status == head.status, "status", got.status, head.status)?;
                require(was_reached == reached, "application reached", was_reached, reached)?;
                require(*asked == self.asked, "application asked", asked, self.asked)?;
                let (got_headers, headers) =
                    (cors_headers(&got.headers), cors_headers(&head.headers));
                require(got_headers == headers, "headers", &got_headers, &headers)?;
                if self.is_preflight() || (self.is_refused(head.status) && !reached) {
                    return check_empty(got, body);
                }
                self.check_reply(got, body)
            }
            (Expectation::PolicyError(part), Answer::Response { .. }) => {
                Err(format!("the policy was built, but should fail with: {part}"))
            }
            (Expectation::Response { .. }, Answer::PolicyError(message)) => {
                Err(format!("the policy is refused: {message}"))
            }
        }
    }

    /// Whether the middleware answers with this status; an extractor answers with 400 as well.
    fn is_refused(&self, status: u16) -> bool {
        match status {
            400 => self.behaviour == Behaviour::Reply,
            status => matches!(status, 403 | 421),
        }
    }

    fn is_preflight(&self) -> bool {
        let has = |field| self.request.headers.iter().any(|(name, _)| name == field);
        self.request.method == "OPTIONS" && has("origin") && has("access-control-request-method")
    }

    /// What the policy does not own, the handler's answer keeps.
    fn check_reply(&self, got: &Head, body: &[u8]) -> Result<(), String> {
        if !matches!(self.behaviour, Behaviour::Reply | Behaviour::Stream)
            || got.status != self.reply.head.status
        {
            return Ok(());
        }
        for (name, _) in &self.reply.head.headers {
            if !is_cors_header(name) {
                let (got, sent) =
                    (lines(&got.headers, name), lines(&self.reply.head.headers, name));
                require(got == sent, name, &got, &sent)?;
            }
        }
        // These have no body on the wire; some frameworks drop it only there.
        if self.request.method == "HEAD" || matches!(got.status, 204 | 304) {
            return Ok(());
        }
        require(
            body == self.reply.body,
            "body",
            body.escape_ascii(),
            self.reply.body.escape_ascii(),
        )
    }
}

fn check_empty(got: &Head, body: &[u8]) -> Result<(), String> {
    require(body.is_empty(), "body of an answer of ours", body.escape_ascii(), "")?;
    // A cache that ignores `Vary` must not give one page's refusal to others.
    let kept = lines(&got.headers, "cache-control");
    let is_right = match got.status {
        204 => kept.is_empty(),
        _ => kept == [("cache-control".to_owned(), "no-store".to_owned())],
    };
    require(is_right, "cache-control", &kept, "none with 204, no-store otherwise")?;
    for name in ["content-length", "content-type", "transfer-encoding"] {
        let mut lines = lines(&got.headers, name);
        // HTTP/1 ends an empty body of any status but 204 by saying its length.
        lines.retain(|(_, value)| {
            (name, value.as_str()) != ("content-length", "0") || got.status == 204
        });
        require(lines.is_empty(), "header of an empty body", &lines, "none")?;
    }
    Ok(())
}

fn cors_headers(headers: &HeaderLines) -> HeaderLines {
    let mut lines: HeaderLines =
        headers.iter().filter(|(name, _)| is_cors_header(name)).cloned().collect();
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}

fn is_cors_header(name: &str) -> bool {
    name == "vary" || name.starts_with("access-control-")
}

fn lines(headers: &HeaderLines, name: &str) -> HeaderLines {
    headers.iter().filter(|(line, _)| line == name).cloned().collect()
}

fn require(
    holds: bool,
    what: &str,
    got: impl std::fmt::Debug,
    expected: impl std::fmt::Debug,
) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{what}:\n     got {got:?}\nexpected {expected:?}")) }
}
