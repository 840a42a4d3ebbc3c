//! Asks the questions of a plan, several at a time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use cors_core::explain::{Fetch, PreflightCache};

use crate::probe::question::{Answered, Ask, Question, Sent};
use crate::probe::send::Client;

/// As many requests are under way at a time.
const WORKERS: usize = 4;

/// Too many requests: the service limits how many it answers.
const TOO_MANY_REQUESTS: u16 = 429;

/// What came of a plan.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) answered: Vec<Answered>,
    /// How many requests were sent.
    pub(super) requests: usize,
    /// Questions without an answer because the time was over.
    pub(super) out_of_time: usize,
    /// Questions that were answered with 429.
    pub(super) limited: usize,
    /// Questions without a response, and why the first had none.
    pub(super) unanswered: usize,
    pub(super) error: Option<String>,
}

/// Asks the questions. `progress` is told how many requests were sent so far.
pub(super) fn run(
    client: &Client,
    questions: Vec<Question>,
    deadline: Instant,
    progress: &(dyn Fn(usize) + Sync),
) -> Run {
    let total = questions.len();
    let queue = Mutex::new(questions.into_iter().enumerate());
    let answers = Mutex::new(Vec::with_capacity(total));
    let requests = AtomicUsize::new(0);
    let count = || progress(requests.fetch_add(1, Ordering::Relaxed) + 1);
    let take = || queue.lock().ok()?.next().filter(|_| Instant::now() < deadline);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((position, question)) = take() {
                    let answer = ask(client, question, &count);
                    if let Ok(mut answers) = answers.lock() {
                        answers.push((position, answer));
                    }
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_default();
    answers.sort_unstable_by_key(|(position, _)| *position);
    let mut run = Run {
        requests: requests.into_inner(),
        out_of_time: total - answers.len(),
        ..Run::default()
    };
    for (_, answer) in answers {
        match answer {
            Ok(answer) if answer.is_limited() => run.limited += 1,
            Ok(answer) => run.answered.push(answer),
            Err(error) => {
                run.unanswered += 1;
                run.error.get_or_insert(error);
            }
        }
    }
    run
}

fn ask(client: &Client, question: Question, count: &dyn Fn()) -> Result<Answered, String> {
    let mut exchanges = Vec::new();
    match &question.ask {
        Ask::Bare { method, headers, .. } => {
            count();
            let received = client.send(method, &question.url, headers, false)?;
            let (method, headers) = ((*method).to_owned(), headers.clone());
            exchanges.push(Sent { method, headers, is_preflight: false, received });
        }
        Ask::Script { script, is_whole } => {
            let mut cache = PreflightCache::default();
            let request = script.request(false);
            let mut fetch = Fetch::new(&request, &question.url, &mut cache);
            while let Some(outgoing) = fetch.next_request() {
                let is_preflight = outgoing.is_preflight();
                if !is_preflight && script.takes_preflight() && !is_whole {
                    break;
                }
                let method = outgoing.method().to_owned();
                let mut headers = outgoing.headers().to_vec();
                // The client writes that of the URL.
                headers.retain(|(name, _)| name != "host");
                count();
                let received = client.send(&method, &question.url, &headers, is_preflight)?;
                let lines = received.headers.iter();
                let lines = lines.map(|(name, value)| (name.as_str(), value.clone()));
                fetch.receive(received.status, lines, &mut cache);
                exchanges.push(Sent { method, headers, is_preflight, received });
            }
        }
    }
    Ok(Answered { question, exchanges })
}

impl Answered {
    fn is_limited(&self) -> bool {
        self.exchanges.iter().any(|sent| sent.received.status == TOO_MANY_REQUESTS)
    }
}
