use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// The parameter in the query of a request that asks for it to be recorded; its value is the name
/// under which to find it.
const PARAMETER: &str = "exchange=";

/// The most exchanges that are kept; the oldest go first.
const CAPACITY: usize = 256;

/// The longest name.
const LONGEST_TOKEN: usize = 64;

/// The last requests that asked to be recorded, and their responses. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Records>>);

#[derive(Debug, Default)]
struct Records {
    exchanges: VecDeque<Exchange>,
    /// How many were recorded before the first of these.
    forgotten: usize,
}

/// A request and its response, as they passed over the socket.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    #[serde(skip)]
    token: String,
    server: &'static str,
    /// The request line and the header lines.
    request: String,
    /// The status line and the header lines, once they are there.
    response: Option<String>,
}

/// Where an exchange was recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record(usize);

impl Recorder {
    /// Records the head of a request, if it asks for that.
    pub(crate) fn request(&self, server: &'static str, head: &[u8]) -> Option<Record> {
        let request = String::from_utf8_lossy(head).trim_end().to_owned();
        let token = token(&request)?.to_owned();
        let mut records = self.records();
        if records.exchanges.len() == CAPACITY {
            records.exchanges.pop_front();
            records.forgotten += 1;
        }
        records.exchanges.push_back(Exchange { token, server, request, response: None });
        Some(Record(records.forgotten + records.exchanges.len() - 1))
    }

    /// Records the head of its response.
    pub(crate) fn response(&self, record: Record, head: &[u8]) {
        let mut records = self.records();
        let place = record.0.checked_sub(records.forgotten);
        if let Some(exchange) = place.and_then(|place| records.exchanges.get_mut(place)) {
            exchange.response = Some(String::from_utf8_lossy(head).trim_end().to_owned());
        }
    }

    /// The exchanges of this name, in the order of their requests.
    pub(crate) fn find(&self, token: &str) -> Vec<Exchange> {
        let records = self.records();
        records.exchanges.iter().filter(|exchange| exchange.token == token).cloned().collect()
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn token(request: &str) -> Option<&str> {
    let target = request.lines().next()?.strip_suffix(" HTTP/1.1")?.split(' ').nth(1)?;
    let (_, query) = target.split_once('?')?;
    let token = query.split('&').find_map(|parameter| parameter.strip_prefix(PARAMETER))?;
    (token.len() <= LONGEST_TOKEN).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Recorder};

    #[test]
    fn only_what_asks_for_it_is_recorded() {
        let recorder = Recorder::default();
        for head in ["GET /?exchange=a HTTP/1.0", "GET /exchange=a HTTP/1.1", "exchange=a", ""] {
            assert!(recorder.request("axum", head.as_bytes()).is_none(), "{head}");
        }
        let long = format!("GET /?exchange={} HTTP/1.1\r\n\r\n", "a".repeat(65));
        assert!(recorder.request("axum", long.as_bytes()).is_none());
        assert!(recorder.request("axum", b"GET /?x=1&exchange=a HTTP/1.1\r\n\r\n").is_some());
        assert_eq!(recorder.find("a").len(), 1);
        assert_eq!(recorder.find("b").len(), 0);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let recorder = Recorder::default();
        let head = |i| format!("GET /?exchange={i} HTTP/1.1\r\n\r\n");
        let records: Vec<_> = (0..CAPACITY + 2)
            .filter_map(|i| recorder.request("axum", head(i).as_bytes()))
            .collect();
        for record in records {
            recorder.response(record, format!("HTTP/1.1 {}", record.0).as_bytes());
        }
        assert!(recorder.find("1").is_empty());
        for kept in [2, CAPACITY + 1] {
            let found = recorder.find(&kept.to_string());
            let responses: Vec<_> = found.iter().map(|e| e.response.as_deref()).collect();
            assert_eq!(responses, [Some(format!("HTTP/1.1 {kept}").as_str())]);
        }
    }
}
